/**
 * The scheme of signatures with a key of one's own: what is signed, and how signatures stand behind a manifest. The keyed
 * hash itself is the caller's, since pages have WebCrypto, which waits, and a service's store does not wait.
 *
 * @see docs/snapshot-format.md, "Signatures"
 */
import { RuntimeError } from '../errors.js';
import { canonicalJson } from './canonical.js';

const SCHEME = 'hmac-sha256';
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const CONTEXT = encoder.encode('jupyterlab-runtimes/snapshot/1\n');
const KEY_ID_CONTEXT = encoder.encode('jupyterlab-runtimes/key-id\n');
const KEY_ID_LENGTH = 32;
const LINE_BREAK = 0x0a;

/** As it came: nothing is known of it. */
export type ISignature = Readonly<Record<string, unknown>>;

export interface ISignedLine {
  /** The manifest in its canonical form, without its line break. */
  readonly line: Uint8Array<ArrayBuffer>;
  readonly signatures: readonly ISignature[];
}

/** What the keyed hash is taken of. */
export const signedBytes = (line: Uint8Array): Uint8Array<ArrayBuffer> => joined(CONTEXT, line);

/** What is hashed for a key's id: to be zeroed afterwards, for it holds the key. */
export const keyIdBytes = (key: Uint8Array): Uint8Array<ArrayBuffer> => joined(KEY_ID_CONTEXT, key);

/** @param digest SHA-256 of `keyIdBytes`, hexadecimal. */
export const keyIdOf = (digest: string): string => digest.slice(0, KEY_ID_LENGTH);

/** The manifest's first line, and the signatures behind it.
 *  @throws RuntimeError SNAPSHOT_CORRUPT */
export function splitSigned(bytes: Uint8Array<ArrayBuffer>): ISignedLine {
  const end = bytes.indexOf(LINE_BREAK);
  if (end < 0) {
    return { line: bytes, signatures: [] };
  }
  const line = bytes.subarray(0, end);
  const rest = decoder.decode(bytes.subarray(end + 1));
  if (rest === '') {
    return { line, signatures: [] };
  }
  try {
    const { signatures } = JSON.parse(rest) as { signatures?: unknown };
    if (isList(signatures) && rest.indexOf('\n') === rest.length - 1) {
      return { line, signatures };
    }
  } catch (error) {
    throw unreadable(error);
  }
  throw unreadable();
}

/** The bytes with a signature of this key, in place of an older one of it; those of others stay.
 *  @param mac Of `signedBytes(line)`, lower-case hexadecimal. */
export function withSignature(
  { line, signatures }: ISignedLine,
  keyId: string,
  mac: string
): Uint8Array<ArrayBuffer> {
  const others = signatures.filter(each => !isOf(each, keyId));
  return withSignatures(line, [...others, { scheme: SCHEME, key_id: keyId, mac }]);
}

/** A manifest's bytes: its first line, and who has signed it. */
export const withSignatures = (
  line: Uint8Array,
  signatures: readonly ISignature[]
): Uint8Array<ArrayBuffer> => joined(line, encoder.encode(`\n${canonicalJson({ signatures })}\n`));

/** What signatures of this key say; each has to fit. undefined: none that can be read. */
export const macsOf = (
  signatures: readonly ISignature[],
  keyId: string
): readonly (Uint8Array<ArrayBuffer> | undefined)[] =>
  signatures.filter(each => isOf(each, keyId)).map(({ mac }) => bytesOfHex(mac));

/** A signature names a known key, and does not fit. */
export function doesNotFit(): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    'The snapshot was changed or damaged after it had been signed with your key: delete it, and use another copy of it.'
  );
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

/** @returns undefined where it is no hexadecimal text in lower case. */
export const bytesOfHex = (text: unknown): Uint8Array<ArrayBuffer> | undefined =>
  typeof text === 'string' && /^([0-9a-f]{2})+$/.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
    : undefined;

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

const isOf = ({ scheme, key_id: id }: ISignature, keyId: string): boolean =>
  scheme === SCHEME && id === keyId;

function unreadable(cause?: unknown): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    "The snapshot's signatures can't be read: use another copy of it.",
    { cause }
  );
}

const isList = (value: unknown): value is ISignature[] =>
  Array.isArray(value) && value.every(each => typeof each === 'object' && each !== null);
