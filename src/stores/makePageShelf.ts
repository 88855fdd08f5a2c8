import type { ISigner } from '@jupyterlab-runtimes/core';

import { OpfsStore } from '../state';
import { indexedKeyChest } from './keyChest';
import { PageShelf, storedNotes } from './pageShelf';
import { PageSigner } from './pageSigner';
import { makeSenderPair } from './senderKey';
import type { ISenderPair } from './senderKey';
import type { Senders } from './senders';
import { TrustingSigner } from './trustingSigner';

/** @returns The shelf of one Jupyter Server and user; null where this browser has no storage for it. */
export function makePageShelf(baseUrl: string, user: string, signer: ISigner): PageShelf | null {
  if (!OpfsStore.isSupported()) {
    return null;
  }
  return new PageShelf(
    new OpfsStore(navigator.storage, baseUrl, user, navigator.locks),
    signer,
    storedNotes(window.localStorage, `${keyOf(baseUrl, user)} snapshots`)
  );
}

/** Signs for one Jupyter Server and user.
 *  @param ownName How this browser is called among the senders whom the user trusts. */
export function makeSigner(
  baseUrl: string,
  user: string,
  senders: Senders,
  ownName: string
): TrustingSigner {
  const chest = indexedKeyChest<ISenderPair>(indexedDB, `${keyOf(baseUrl, user)} sender`);
  return new TrustingSigner({
    own: new PageSigner(indexedKeyChest(indexedDB, keyOf(baseUrl, user))),
    senders,
    ownName,
    pair: async () => {
      const kept = await chest.get();
      if (kept !== undefined) {
        return kept;
      }
      const made = await makeSenderPair();
      return made === null ? null : chest.put(made);
    }
  });
}

function keyOf(baseUrl: string, user: string): string {
  return `jupyterlab-runtimes ${baseUrl} ${user}`;
}
