/** Check a value against the manifest's schema; every fault with a path and a remedy. */
import { Ajv, type ErrorObject } from 'ajv';

import { ManifestSchema } from './schema.js';

/** A fault before its place in the file is known. */
export interface IFinding {
  readonly severity: 'error' | 'warning';
  /** Keys and indices from the document's top. */
  readonly keys: readonly (string | number)[];
  /** The place of the last key itself, not of its value. */
  readonly atKey: boolean;
  readonly message: string;
  readonly remedy: string;
}

/** More would not help anybody. */
const MAX_FINDINGS = 100;

const check = new Ajv({
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: false
}).compile(ManifestSchema);

export function validate(value: unknown): IFinding[] {
  if (check(value)) {
    return [];
  }
  return (check.errors ?? []).slice(0, MAX_FINDINGS).map(finding);
}

function finding(error: ErrorObject): IFinding {
  const keys = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(part => (/^\d+$/.test(part) ? Number(part) : part));
  const schema = (error.parentSchema ?? {}) as { remedy?: string; properties?: Fields };
  const found = { severity: 'error', keys, atKey: false } as const;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const close = closest(name, Object.keys(schema.properties ?? {}));
      return {
        severity: 'warning',
        keys: [...keys, name],
        atKey: true,
        message: `"${short(name)}" is no field that is known here, and is passed over.`,
        remedy: close ? `Write ${close}.` : 'Take it out, or check its spelling and its place.'
      };
    }
    case 'required': {
      const name = String(params['missingProperty']);
      const what = schema.properties?.[name]?.description;
      return {
        ...found,
        message: `The field ${name} is missing.`,
        remedy: what === undefined ? 'Add it.' : `Add it: ${what}.`
      };
    }
    case 'type':
      return {
        ...found,
        message: `It must be ${wanted(params['type'])}, and is ${kindOf(error.data)}.`,
        remedy: typeRemedy(params['type'], error.data, schema.remedy)
      };
    case 'enum':
    case 'const':
    case 'pattern':
      return {
        ...found,
        message: `${quote(error.data)} can't be used here.`,
        remedy: schema.remedy ?? `It ${error.message ?? 'is wrong'}.`
      };
    default:
      return {
        ...found,
        message: `${quote(error.data)} can't be used here: it ${error.message ?? 'is wrong'}.`,
        remedy: schema.remedy ?? 'Correct it.'
      };
  }
}

type Fields = Record<string, { description?: string }>;

const WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of fields',
  null: 'empty'
};

function wanted(type: unknown): string {
  return (Array.isArray(type) ? type : [type]).map(each => WORDS[String(each)]).join(' or ');
}

function kindOf(data: unknown): string {
  if (data === null) {
    return 'empty';
  }
  if (Array.isArray(data)) {
    return 'a list';
  }
  return typeof data === 'object' ? 'a block of fields' : quote(data);
}

function typeRemedy(type: unknown, data: unknown, remedy: string | undefined): string {
  if (type === 'string' && data !== null && typeof data !== 'object') {
    return `Put quotes around it: ${quote(JSON.stringify(data))}.`;
  }
  if (type === 'array' && data !== null) {
    return 'Write each of them on a line of its own that begins with a dash.';
  }
  return remedy ?? `Write ${wanted(type)}${data === null ? ', or take the field out' : ''}.`;
}

function quote(data: unknown): string {
  return typeof data === 'string' ? `"${short(data)}"` : short(JSON.stringify(data));
}

function short(text: string): string {
  const plain = text.replace(/\s+/g, ' ');
  return plain.length <= 60 ? plain : `${plain.slice(0, 57)}…`;
}

/** The name that was meant: equal but for case, dashes and underscores, or one edit away. */
function closest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_]/g, '');
  return (
    known.find(each => plain(each) === plain(name)) ?? known.find(each => isOneEdit(each, name))
  );
}

function isOneEdit(a: string, b: string): boolean {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || short.length < 3) {
    return false;
  }
  let i = 0;
  while (i < short.length && long[i] === short[i]) {
    i++;
  }
  const rest = long.slice(i + 1);
  const isSwap = long[i] === short[i + 1] && long[i + 1] === short[i];
  return (
    rest === short.slice(long.length === short.length ? i + 1 : i) ||
    (isSwap && long.slice(i + 2) === short.slice(i + 2))
  );
}
