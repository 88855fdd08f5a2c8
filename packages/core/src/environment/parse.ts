/** Manifests from YAML, with every fault at its line. */
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document
} from 'yaml';

import { unset, UNSET_REMEDY, type Variables } from './expand.js';
import type { IManifestFault } from './fault.js';
import { MANIFEST_KIND, type IManifest } from './schema.js';
import { expandable } from './strings.js';
import { tooMuch } from './tooMuch.js';
import { validate, type IFinding } from './validate.js';

/** Upper bound of a file, UTF-8 bytes. */
export const MANIFEST_MAX_BYTES = 1024 * 1024;

/** How often aliases may repeat what is anchored: more is a bomb. */
const MAX_ALIASES = 100;

export interface IParsedManifest {
  readonly manifest: IManifest;
  /** The document as it came, comments included. */
  readonly text: string;
  readonly line: number;
}

export interface IParsedFile {
  /** Those without errors. */
  readonly manifests: readonly IParsedManifest[];
  readonly faults: readonly IManifestFault[];
}

export interface IParseOptions {
  /** What the faults call it. */
  readonly file: string;
  /** What `${VAR}` may stand for: what is unset is a warning. Default: nothing is said of it. */
  readonly variables?: Variables;
}

/** Never throws: what is wrong is in `faults`. */
export function parseManifests(text: string, options: IParseOptions): IParsedFile {
  const faults: IManifestFault[] = [];
  const fault = (fields: Partial<IManifestFault> & { message: string }): void => {
    const { file } = options;
    faults.push({ severity: 'error', file, line: 1, column: 1, path: '', remedy: '', ...fields });
  };
  if (new TextEncoder().encode(text).length > MANIFEST_MAX_BYTES) {
    fault({
      message: `It has more than ${MANIFEST_MAX_BYTES / 1024 / 1024} MiB, which no manifest needs, and was not read.`,
      remedy: 'Split it, and link to what is large.'
    });
    return { manifests: [], faults };
  }
  const refusal = tooMuch(text);
  if (refusal !== undefined) {
    fault({ message: refusal, remedy: 'Split it, or write it more plainly.' });
    return { manifests: [], faults };
  }
  const lines = new LineCounter();
  let documents: Document[];
  try {
    documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })];
  } catch (error) {
    // The parser recurses: only what is nested thousands deep ends here.
    fault({
      message: `It can't be read (${(error as Error).message}).`,
      remedy: 'Nest it less deeply.'
    });
    return { manifests: [], faults };
  }
  const seen = new Map<string, number>();
  const manifests: IParsedManifest[] = [];
  for (const document of documents) {
    const parsed = readDocument(document, text, documents.length === 1, lines, options, fault);
    if (parsed) {
      const { name } = parsed.manifest.metadata;
      const earlier = seen.get(name);
      if (earlier === undefined) {
        seen.set(name, parsed.line);
        manifests.push(parsed);
      } else {
        fault({
          ...place(document, lines, ['metadata', 'name'], false),
          path: 'metadata.name',
          message: `The name "${name}" is in use already: the environment at line ${earlier} has it.`,
          remedy: 'Give one of them another name.'
        });
      }
    }
  }
  return { manifests, faults };
}

type Report = (fields: Partial<IManifestFault> & { message: string }) => void;

function readDocument(
  document: Document,
  text: string,
  isAlone: boolean,
  lines: LineCounter,
  options: IParseOptions,
  fault: Report
): IParsedManifest | undefined {
  for (const problem of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(problem.pos[0]);
    fault({
      severity: problem.name === 'YAMLWarning' ? 'warning' : 'error',
      line,
      column: col,
      message: `This is no YAML that can be understood: ${problem.message.replace(/\.?$/, '.')}`,
      remedy: problem.code === 'DUPLICATE_KEY' ? 'Keep one of the two.' : 'Correct this line.'
    });
  }
  if (document.errors.length > 0 || document.contents === null) {
    return undefined;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    fault({
      ...place(document, lines, [], false),
      message: `It repeats itself too often through aliases (${(error as Error).message}).`,
      remedy: 'Write it without * and &.'
    });
    return undefined;
  }
  if (value === null) {
    return undefined;
  }
  const { kind } = value as { kind?: unknown };
  if (isMap(document.contents) && typeof kind === 'string' && kind !== MANIFEST_KIND) {
    fault({
      ...place(document, lines, ['kind'], false),
      severity: 'warning',
      path: 'kind',
      message: `"${kind.slice(0, 60)}" is no ${MANIFEST_KIND}, and is passed over.`,
      remedy: `Write kind: ${MANIFEST_KIND}, or take it out of this folder.`
    });
    return undefined;
  }
  const findings = [...validate(value), ...emptyText(value)];
  findings.forEach(each => fault(located(each, document, lines)));
  if (findings.some(each => each.severity === 'error')) {
    return undefined;
  }
  const manifest = value as IManifest;
  if (options.variables) {
    unsetVariables(manifest, options.variables).forEach(each =>
      fault(located(each, document, lines))
    );
  }
  const [start, , end] = document.range ?? [0, 0, text.length];
  const own = isAlone ? text : text.slice(start, end).replace(/^---[ \t]*\r?\n/, '');
  return {
    manifest,
    text: own,
    line: place(document, lines, ['metadata', 'name'], false).line
  };
}

/** What an engine would stumble over, and no schema can say. */
function emptyText(value: unknown): IFinding[] {
  const environment = (value as Partial<IManifest> | null)?.spec?.env;
  return Array.isArray(environment)
    ? environment.flatMap((variable, i) =>
        variable?.value === undefined && variable?.valueFrom === undefined
          ? [
              {
                severity: 'warning' as const,
                keys: ['spec', 'env', i],
                atKey: false,
                message: 'It has no value, and is set to nothing.',
                remedy: 'Add value, or take it out.'
              }
            ]
          : []
      )
    : [];
}

function unsetVariables(manifest: IManifest, variables: Variables): IFinding[] {
  return expandable(manifest).flatMap(({ keys, text }) =>
    unset(text, variables).map(name => ({
      severity: 'warning' as const,
      keys,
      atKey: false,
      message: `The variable ${name} is not set, so that a launch would fail.`,
      remedy: `${UNSET_REMEDY[0].toUpperCase()}${UNSET_REMEDY.slice(1)}`
    }))
  );
}

function located(
  finding: IFinding,
  document: Document,
  lines: LineCounter
): Partial<IManifestFault> & { message: string } {
  const { severity, keys, atKey, message, remedy } = finding;
  return {
    ...place(document, lines, keys, atKey),
    path: pathOf(keys),
    severity,
    message,
    remedy
  };
}

function pathOf(keys: readonly (string | number)[]): string {
  return keys
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${key.slice(0, 100)}`))
    .join('')
    .replace(/^\./, '');
}

/** Where it is written; the nearest thing around it where it is not. */
function place(
  document: Document,
  lines: LineCounter,
  keys: readonly (string | number)[],
  atKey: boolean
): { line: number; column: number } {
  const offset =
    (atKey ? keyOffset(document, keys) : undefined) ??
    valueOffset(document, keys) ??
    document.range?.[0] ??
    0;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function valueOffset(document: Document, keys: readonly (string | number)[]): number | undefined {
  for (let length = keys.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) {
      return node.range[0];
    }
  }
  return undefined;
}

function keyOffset(document: Document, keys: readonly (string | number)[]): number | undefined {
  const parents = keys.slice(0, -1);
  const parent = parents.length === 0 ? document.contents : document.getIn(parents, true);
  const pair = isMap(parent)
    ? parent.items.find(
        each => isPair(each) && isScalar(each.key) && String(each.key.value) === String(keys.at(-1))
      )
    : undefined;
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}
