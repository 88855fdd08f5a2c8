import { OpfsStore } from '../state';
import { indexedKeyChest } from './keyChest';
import { PageShelf, storedNotes } from './pageShelf';
import { PageSigner } from './pageSigner';

/** @returns The shelf of one Jupyter Server and user; null where this browser has no storage for it. */
export function makePageShelf(baseUrl: string, user: string): PageShelf | null {
  if (!OpfsStore.isSupported()) {
    return null;
  }
  const key = `jupyterlab-runtimes ${baseUrl} ${user}`;
  return new PageShelf(
    new OpfsStore(navigator.storage, baseUrl, user),
    new PageSigner(indexedKeyChest(indexedDB, key)),
    storedNotes(window.localStorage, `${key} snapshots`)
  );
}
