/**
 * Whether a manifest is this service's own: core's scheme with Node's keyed hash, which does not wait.
 *
 * @see docs/snapshot-format.md, "Signatures"
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import {
  doesNotFit,
  keyIdBytes,
  keyIdOf,
  macsOf,
  signedBytes,
  splitSigned,
  withSignature
} from '@jupyterlab-runtimes/core';

export class Signer {
  /** @param _key 32 bytes. */
  constructor(private readonly _key: Buffer) {
    const named = keyIdBytes(_key);
    this._keyId = keyIdOf(createHash('sha256').update(named).digest('hex'));
    named.fill(0);
  }

  /** The manifest's bytes with our signature.
   *  @param line The manifest in its canonical form. */
  sign(line: string): Buffer {
    const unsigned = { line: Uint8Array.from(Buffer.from(line, 'utf8')), signatures: [] };
    const mac = this._mac(unsigned.line).toString('hex');
    return Buffer.from(withSignature(unsigned, this._keyId, mac).buffer);
  }

  /** Whether these bytes are signed by this service.
   *  @throws RuntimeError SNAPSHOT_CORRUPT when a signature names our key and does not fit, or none can be read. */
  isOwn(bytes: Uint8Array): boolean {
    const { line, signatures } = splitSigned(Uint8Array.from(bytes));
    const ours = macsOf(signatures, this._keyId);
    const right = this._mac(line);
    if (ours.some(given => given?.length !== right.length || !timingSafeEqual(given, right))) {
      throw doesNotFit();
    }
    return ours.length > 0;
  }

  private _mac(line: Uint8Array): Buffer {
    return createHmac('sha256', this._key).update(signedBytes(line)).digest();
  }

  private readonly _keyId: string;
}
