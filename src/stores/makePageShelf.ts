import { OpfsStore } from '../state';
import { indexedKeyChest } from './keyChest';
import { PageShelf, storedNotes } from './pageShelf';
import { PageSigner } from './pageSigner';

/** @returns The shelf of one Jupyter Server and user; null where this browser has no storage for it. */
export function makePageShelf(baseUrl: string, user: string): PageShelf | null {
  if (!OpfsStore.isSupported()) {
    return null;
  }
  return new PageShelf(
    new OpfsStore(navigator.storage, baseUrl, user, navigator.locks),
    pageSigner(baseUrl, user),
    storedNotes(window.localStorage, `${keyOf(baseUrl, user)} snapshots`)
  );
}

/** Signs for one Jupyter Server and user. */
export function pageSigner(baseUrl: string, user: string): PageSigner {
  return new PageSigner(indexedKeyChest(indexedDB, keyOf(baseUrl, user)));
}

function keyOf(baseUrl: string, user: string): string {
  return `jupyterlab-runtimes ${baseUrl} ${user}`;
}
