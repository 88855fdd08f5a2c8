/** Signatures that others can check: whose a snapshot is, by the fingerprint of a public key. */
import {
  bytesOfHex,
  hex,
  joined,
  parseManifest,
  RuntimeError,
  signedBytes,
  splitSigned,
  withSignatures
} from '@jupyterlab-runtimes/core';
import type { IManifestFile } from '@jupyterlab-runtimes/core';

const SCHEME = 'ed25519';
const FINGERPRINT_DOMAIN = 'jupyterlab-runtimes/public-key\n';
const FINGERPRINT_DIGITS = 32;
const ALGORITHM = 'Ed25519';

/** A pair of which the page can use the private key, and nobody can read it out. */
export interface ISenderPair {
  /** The fingerprint. */
  readonly id: string;
  readonly key: CryptoKey;
  /** Hexadecimal. */
  readonly publicKey: string;
}

/** @returns Null where this browser has no Ed25519 (Chromium < 137, Firefox < 129, Safari < 17). */
export async function makeSenderPair(): Promise<ISenderPair | null> {
  try {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
    const { privateKey, publicKey } = pair;
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
    return { id: await fingerprintOf(raw), key: privateKey, publicKey: hex(raw) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') {
      return null;
    }
    throw error;
  }
}

/** @returns The manifest with this signature beside those that it has. */
export async function signAsSender(
  { bytes }: IManifestFile,
  { id, key, publicKey }: ISenderPair
): Promise<IManifestFile> {
  const { line, signatures } = splitSigned(bytes);
  const signature = hex(
    new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, signedBytes(line)))
  );
  const others = signatures.filter(({ scheme }) => scheme !== SCHEME);
  const own = { scheme: SCHEME, key_id: id, public_key: publicKey, signature };
  return parseManifest(withSignatures(line, [...others, own]));
}

/**
 * Whose signature a manifest has.
 *
 * @returns The fingerprint; null where nobody has signed it so, or this browser can't check that.
 * @throws RuntimeError SNAPSHOT_CORRUPT when a signature does not fit.
 */
export async function senderOf({ bytes }: IManifestFile): Promise<string | null> {
  const { line, signatures } = splitSigned(bytes);
  const found = signatures.find(({ scheme }) => scheme === SCHEME);
  if (found === undefined) {
    return null;
  }
  const { key_id: claimed, public_key: publicKey, signature } = found;
  const raw = bytesOfHex(publicKey);
  const given = bytesOfHex(signature);
  if (raw === undefined || given === undefined || (await fingerprintOf(raw)) !== claimed) {
    throw changed();
  }
  try {
    const key = await crypto.subtle.importKey('raw', raw, ALGORITHM, false, ['verify']);
    if (!(await crypto.subtle.verify(ALGORITHM, key, given, signedBytes(line)))) {
      throw changed();
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') {
      return null;
    }
    throw error instanceof RuntimeError ? error : changed(error);
  }
  return claimed;
}

async function fingerprintOf(publicKey: Uint8Array<ArrayBuffer>): Promise<string> {
  const domain = new TextEncoder().encode(FINGERPRINT_DOMAIN);
  const digest = await crypto.subtle.digest('SHA-256', joined(domain, publicKey));
  return hex(new Uint8Array(digest)).slice(0, FINGERPRINT_DIGITS);
}

function changed(cause?: unknown): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    'The snapshot’s signature does not fit its content: it was changed after it was signed. Ask its sender for it again.',
    { cause }
  );
}
