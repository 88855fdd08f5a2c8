/**
 * Signatures with a key of one's own, where WebCrypto is: page and Node.
 *
 * @see docs/snapshot-format.md, "Signatures"
 */
import { RuntimeError } from '../errors.js';
import { canonicalJson } from './canonical.js';
import { parseManifest, type IManifestFile } from './manifest.js';
import type { ISigner } from './ports.js';
import { webSha256 } from './webSha256.js';

const SCHEME = 'hmac-sha256';
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const CONTEXT = encoder.encode('jupyterlab-runtimes/snapshot/1\n');
const KEY_ID_CONTEXT = encoder.encode('jupyterlab-runtimes/key-id\n');
const KEY_BYTES = 32;
const KEY_ID_LENGTH = 32;
const LINE_BREAK = 0x0a;

/** A key that can be used and not be read; both can be stored in IndexedDB as they are. */
export interface IHmacKey {
  readonly key: CryptoKey;
  readonly keyId: string;
}

interface ISignature {
  readonly scheme?: unknown;
  readonly key_id?: unknown;
  readonly mac?: unknown;
}

/** @param bytes Of an existing key; default: a new one. They are zero afterwards. */
export async function makeHmacKey(
  bytes: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
): Promise<IHmacKey> {
  const named = joined(KEY_ID_CONTEXT, bytes);
  const keyId = (await webSha256(named)).slice(0, KEY_ID_LENGTH);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
  bytes.fill(0);
  named.fill(0);
  return { key, keyId };
}

export class HmacSigner implements ISigner {
  constructor(private readonly _own: IHmacKey) {}

  async sign({ bytes }: IManifestFile): Promise<IManifestFile> {
    const { line, signatures } = split(bytes);
    const { key, keyId } = this._own;
    const mac = hex(new Uint8Array(await crypto.subtle.sign('HMAC', key, joined(CONTEXT, line))));
    const others = signatures.filter(each => each.scheme !== SCHEME || each.key_id !== keyId);
    const all = [...others, { scheme: SCHEME, key_id: keyId, mac }];
    const tail = encoder.encode(`\n${canonicalJson({ signatures: all })}\n`);
    return parseManifest(joined(line, tail));
  }

  async verify({ bytes }: IManifestFile): Promise<'own' | 'foreign'> {
    const { line, signatures } = split(bytes);
    const { key, keyId } = this._own;
    const mine = signatures.filter(each => each.scheme === SCHEME && each.key_id === keyId);
    for (const { mac } of mine) {
      const given = typeof mac === 'string' ? unhex(mac) : undefined;
      // Compared by the platform, in constant time.
      const fits = given && (await crypto.subtle.verify('HMAC', key, given, joined(CONTEXT, line)));
      if (!fits) {
        throw new RuntimeError(
          'SNAPSHOT_CORRUPT',
          'The snapshot was changed after it had been signed with your key: delete it, and use another one.'
        );
      }
    }
    return mine.length > 0 ? 'own' : 'foreign';
  }
}

/** @throws RuntimeError SNAPSHOT_CORRUPT */
function split(bytes: Uint8Array<ArrayBuffer>): {
  line: Uint8Array<ArrayBuffer>;
  signatures: readonly ISignature[];
} {
  const end = bytes.indexOf(LINE_BREAK);
  const line = bytes.subarray(0, end);
  const rest = decoder.decode(bytes.subarray(end + 1));
  if (rest === '') {
    return { line, signatures: [] };
  }
  try {
    const { signatures } = JSON.parse(rest) as { signatures?: unknown };
    if (Array.isArray(signatures) && rest.indexOf('\n') === rest.length - 1) {
      return { line, signatures: signatures as ISignature[] };
    }
  } catch (error) {
    throw unreadable(error);
  }
  throw unreadable();
}

function unreadable(cause?: unknown): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    "The snapshot's signatures can't be read: use another snapshot.",
    { cause }
  );
}

function joined(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

function unhex(text: string): Uint8Array<ArrayBuffer> | undefined {
  return /^([0-9a-f]{2})+$/.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
    : undefined;
}
