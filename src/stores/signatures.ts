/** The second line of a manifest. @see docs/snapshot-format.md, "Signatures" */
import { parseManifest } from '@jupyterlab-runtimes/core';
import type { IManifestFile } from '@jupyterlab-runtimes/core';

const DOMAIN = new TextEncoder().encode('jupyterlab-runtimes/snapshot/1\n');
const LINE_BREAK = 0x0a;

/** As it came: nothing is known of it. */
export type ISignature = Readonly<Record<string, unknown>>;

/** What is signed. */
export function signedPart(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return joined(DOMAIN, bytes.subarray(0, bytes.indexOf(LINE_BREAK)));
}

/** What can't be read was signed by nobody. */
export function signaturesOf(bytes: Uint8Array<ArrayBuffer>): ISignature[] {
  const line = bytes.subarray(bytes.indexOf(LINE_BREAK) + 1);
  try {
    const value = JSON.parse(new TextDecoder().decode(line)) as { signatures?: unknown } | null;
    const list: unknown = value?.signatures;
    return Array.isArray(list) ? list.filter(isObject) : [];
  } catch {
    return [];
  }
}

export function withSignatures(
  { bytes }: IManifestFile,
  signatures: readonly ISignature[]
): IManifestFile {
  const line = bytes.subarray(0, bytes.indexOf(LINE_BREAK));
  const tail = new TextEncoder().encode(`\n${JSON.stringify({ signatures })}\n`);
  return parseManifest(joined(line, tail));
}

export function joined(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>
): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Null where it is none. */
export function bytesOfHex(text: unknown): Uint8Array<ArrayBuffer> | null {
  return typeof text === 'string' && /^([0-9a-f]{2})+$/.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
    : null;
}

function isObject(value: unknown): value is ISignature {
  return typeof value === 'object' && value !== null;
}
