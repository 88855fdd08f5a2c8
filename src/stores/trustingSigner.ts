import type { IManifestFile, ISigner } from '@jupyterlab-runtimes/core';

import { senderOf, signAsSender } from './senderKey';
import type { ISenderPair } from './senderKey';
import type { ISnapshotSender as ISender } from '../tokens';

export interface ITrustingSignerOptions {
  /** The key of this browser. */
  readonly own: ISigner;
  /** Null where this browser has no such keys. */
  readonly pair: () => Promise<ISenderPair | null>;
  readonly senders: {
    list(): Promise<readonly ISender[]>;
    trust(sender: ISender): Promise<void>;
  };
  /** How this browser is called in the list. */
  readonly ownName: string;
}

/** One's own is what this browser has signed, and what a sender has whom the user trusts: oneself elsewhere, or another. */
export class TrustingSigner implements ISigner {
  constructor(private readonly _options: ITrustingSignerOptions) {}

  sign(manifest: IManifestFile): Promise<IManifestFile> {
    return this._options.own.sign(manifest);
  }

  async verify(manifest: IManifestFile): Promise<'own' | 'foreign'> {
    if ((await this._options.own.verify(manifest)) === 'own') {
      return 'own';
    }
    return (await this.senderOf(manifest)) === null ? 'foreign' : 'own';
  }

  /** The trusted sender who has signed it.
   *  @throws RuntimeError SNAPSHOT_CORRUPT */
  async senderOf(manifest: IManifestFile): Promise<ISender | null> {
    const fingerprint = await senderOf(manifest);
    // Who can't be looked up is not trusted.
    const known = fingerprint === null ? [] : await this._options.senders.list().catch(() => []);
    return known.find(each => each.fingerprint === fingerprint) ?? null;
  }

  /** Signed so that others can check whose it is, and the user's other browsers and scripts know it as their own. */
  async signForOthers(manifest: IManifestFile): Promise<IManifestFile> {
    const { pair: made, senders, ownName } = this._options;
    const signed = await this.sign(manifest);
    const pair = await made();
    if (pair === null) {
      return signed;
    }
    const known = await senders.list();
    if (!known.some(({ fingerprint }) => fingerprint === pair.id)) {
      await senders.trust({ name: ownName, fingerprint: pair.id });
    }
    return signAsSender(signed, pair);
  }
}
