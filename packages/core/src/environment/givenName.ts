/** What a runtime is called when nobody says. */
import { GIVEN_NAME_MAX_LENGTH } from '../contract/runtime.js';

export interface INameParts {
  readonly title: string;
  readonly name: string;
  readonly owner: string;
  readonly now: Date;
  /** Names in use. */
  readonly taken: ReadonlySet<string>;
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const PLACE = /\{(n|title|name|owner|date|time)\}/g;

/**
 * The template with its places filled in, in a form that is not taken: `{n}` counts from 1; a template without it gets
 * ` 2`, ` 3`, … behind it. Any Unicode; control characters become spaces, and what is too long is cut.
 *
 * @param template '' for the title.
 */
export function givenName(template: string, parts: INameParts): string {
  const pattern = template.trim() === '' ? '{title}' : template;
  const counts = pattern.includes('{n}');
  for (let n = 1; ; n++) {
    const filled = fill(pattern, parts, n);
    const fits = filled.length <= GIVEN_NAME_MAX_LENGTH;
    const name = cut(filled, counts ? (fits ? '' : ` ${n}`) : n === 1 ? '' : ` ${n}`);
    if (!parts.taken.has(name)) {
      return name;
    }
  }
}

function fill(pattern: string, { title, name, owner, now }: INameParts, n: number): string {
  const iso = now.toISOString();
  const values: Record<string, string> = {
    n: String(n),
    title,
    name,
    owner,
    date: iso.slice(0, 10),
    time: iso.slice(11, 16)
  };
  const text = pattern
    .replace(PLACE, (_, place: string) => values[place])
    .replace(CONTROL, ' ')
    .trim();
  return text === '' ? name : text;
}

/** Cut between characters as people see them, so that no emoji or accent is left in half. */
function cut(text: string, suffix: string): string {
  if (text.length + suffix.length <= GIVEN_NAME_MAX_LENGTH) {
    return text + suffix;
  }
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept.length + segment.length + suffix.length > GIVEN_NAME_MAX_LENGTH) {
      break;
    }
    kept += segment;
  }
  return kept.trimEnd() + suffix;
}
