/**
 * Whether a manifest is this service's own.
 *
 * @see docs/snapshot-format.md, "Signatures"
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { RuntimeError } from '@jupyterlab-runtimes/core';

const SCHEME = 'hmac-sha256';
const DOMAIN = 'jupyterlab-runtimes/snapshot/1\n';

/** As it came: nothing is known of it. */
interface ISignature {
  readonly scheme: unknown;
  readonly key_id: unknown;
  readonly mac: unknown;
}

export class Signer {
  /** @param _key 32 bytes. */
  constructor(private readonly _key: Buffer) {
    this._keyId = createHash('sha256')
      .update('jupyterlab-runtimes/key-id\n')
      .update(_key)
      .digest('hex')
      .slice(0, 32);
  }

  /** The manifest's bytes with our signature; another's is replaced.
   *  @param line The manifest in its canonical form. */
  sign(line: string): Buffer {
    const signature: ISignature = {
      scheme: SCHEME,
      key_id: this._keyId,
      mac: this._mac(Buffer.from(line, 'utf8')).toString('hex')
    };
    return Buffer.from(`${line}\n${JSON.stringify({ signatures: [signature] })}\n`, 'utf8');
  }

  /** Whether these bytes are signed by this service.
   *  @throws RuntimeError SNAPSHOT_CORRUPT when a signature names our key and does not fit. */
  isOwn(bytes: Buffer): boolean {
    const { line, signatures } = split(bytes);
    const ours = signatures.filter(each => each.scheme === SCHEME && each.key_id === this._keyId);
    for (const { mac } of ours) {
      const given = Buffer.from(typeof mac === 'string' ? mac : '', 'hex');
      const right = this._mac(line);
      if (given.length !== right.length || !timingSafeEqual(given, right)) {
        throw new RuntimeError(
          'SNAPSHOT_CORRUPT',
          "The snapshot's signature does not fit its content: it was changed or damaged after it was made. Use another copy of it."
        );
      }
    }
    return ours.length > 0;
  }

  private _mac(line: Buffer): Buffer {
    return createHmac('sha256', this._key).update(DOMAIN).update(line).digest();
  }

  private readonly _keyId: string;
}

/** The first line without its break, and what the second one says. */
export function split(bytes: Buffer): { line: Buffer; signatures: readonly ISignature[] } {
  const end = bytes.indexOf(0x0a);
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  const rest = end < 0 ? '' : bytes.subarray(end + 1).toString('utf8');
  if (rest === '') {
    return { line, signatures: [] };
  }
  try {
    const { signatures } = JSON.parse(rest) as { signatures?: ISignature[] };
    return { line, signatures: Array.isArray(signatures) ? signatures : [] };
  } catch (error) {
    throw new RuntimeError(
      'SNAPSHOT_CORRUPT',
      "What follows the snapshot's manifest can't be read: the file was damaged. Use another copy of it.",
      { cause: error }
    );
  }
}
