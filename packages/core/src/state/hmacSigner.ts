/**
 * Signatures with a key of one's own, where WebCrypto is: page and Node.
 *
 * @see docs/snapshot-format.md, "Signatures"
 */
import { parseManifest, type IManifestFile } from './manifest.js';
import type { ISigner } from './ports.js';
import {
  doesNotFit,
  hex,
  keyIdBytes,
  keyIdOf,
  macsOf,
  signedBytes,
  splitSigned,
  withSignature
} from './signature.js';
import { webSha256 } from './webSha256.js';

const KEY_BYTES = 32;

/** A key that can be used and not be read; both can be stored in IndexedDB as they are. */
export interface IHmacKey {
  readonly key: CryptoKey;
  readonly id: string;
}

/** @param bytes Of an existing key; default: a new one. They are zero afterwards. */
export async function makeHmacKey(
  bytes: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
): Promise<IHmacKey> {
  const named = keyIdBytes(bytes);
  const id = keyIdOf(await webSha256(named));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
  bytes.fill(0);
  named.fill(0);
  return { key, id };
}

export class HmacSigner implements ISigner {
  constructor(private readonly _own: IHmacKey) {}

  async sign({ bytes }: IManifestFile): Promise<IManifestFile> {
    const signed = splitSigned(bytes);
    const { key, id } = this._own;
    const mac = await crypto.subtle.sign('HMAC', key, signedBytes(signed.line));
    return parseManifest(withSignature(signed, id, hex(new Uint8Array(mac))));
  }

  async verify({ bytes }: IManifestFile): Promise<'own' | 'foreign'> {
    const { line, signatures } = splitSigned(bytes);
    const { key, id } = this._own;
    const mine = macsOf(signatures, id);
    for (const given of mine) {
      // Compared by the platform, in constant time.
      if (!given || !(await crypto.subtle.verify('HMAC', key, given, signedBytes(line)))) {
        throw doesNotFit();
      }
    }
    return mine.length > 0 ? 'own' : 'foreign';
  }
}
