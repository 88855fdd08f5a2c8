/** `${VAR}` in the fields of a manifest. */
import { RuntimeError } from '../errors.js';

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Variables of the service that a manifest may use, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The names that a text refers to, each once. */
export function references(text: string): string[] {
  return [...new Set([...text.matchAll(REFERENCE)].map(match => match[1]))];
}

/** The names that a text refers to and that have no value. */
export function unset(text: string, variables: Variables): string[] {
  return references(text).filter(name => variables[name] === undefined);
}

/** Fill in; what a value holds is not expanded again.
 *  @param where For the sentence: the field.
 *  @throws RuntimeError ENVIRONMENT_INVALID when one has no value. */
export function expand(text: string, variables: Variables, where: string): string {
  const [missing] = unset(text, variables);
  if (missing !== undefined) {
    throw new RuntimeError('ENVIRONMENT_INVALID', unsetSentence(missing, where));
  }
  return text.replace(REFERENCE, (_, name: string) => variables[name] ?? '');
}

export function unsetSentence(name: string, where: string): string {
  return `The variable ${name}, which ${where} of the environment uses, is not set: ${UNSET_REMEDY}`;
}

export const UNSET_REMEDY =
  'set it for the runtime service, and have the operator allow it with --environment-variables.';
