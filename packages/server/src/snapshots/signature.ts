/**
 * Whether a manifest is an owner's own: core's scheme with Node's keyed hash, which does not wait.
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

const OWNER_CONTEXT = 'jupyterlab-runtimes/owner\n';

/**
 * The keys of a service's owners: a snapshot that one of them exports is another's to each
 * other one. The user whose service it is signs with the key itself, which plain scripts of
 * that user share; those of the others are derived from it.
 */
export class Signers {
  /**
   * @param _key 32 bytes.
   * @param _user The owner whose service it is.
   */
  constructor(
    private readonly _key: Buffer,
    private readonly _user: string
  ) {}

  of(owner: string): Signer {
    let signer = this._signers.get(owner);
    if (!signer) {
      const derived = () =>
        createHmac('sha256', this._key).update(`${OWNER_CONTEXT}${owner}`).digest();
      signer = new Signer(owner === this._user ? this._key : derived());
      this._signers.set(owner, signer);
    }
    return signer;
  }

  private readonly _signers = new Map<string, Signer>();
}

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

  /** Whether these bytes are signed with this key.
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
