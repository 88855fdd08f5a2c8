import { makeHmacKey } from '@jupyterlab-runtimes/core';
import type { IHmacKey } from '@jupyterlab-runtimes/core';

const DATABASE = 'jupyterlab-runtimes';
const STORE = 'keys';

/** The key that signs what rests in this browser: made on first use, kept where no script
 *  can read it, one for each Jupyter Server and user.
 *  @throws DOMException where the browser keeps nothing (private windows of some). */
export async function pageKey(
  factory: IDBFactory,
  baseUrl: string,
  user: string
): Promise<IHmacKey> {
  const database = await open(factory);
  try {
    const name = `${baseUrl} ${user}`;
    const known = await read(database, name);
    if (known) {
      return known;
    }
    // Two pages at once: the first one's is kept, and both use it.
    await add(database, name, await makeHmacKey());
    const kept = await read(database, name);
    if (!kept) {
      throw new DOMException('The key was not kept.', 'InvalidStateError');
    }
    return kept;
  } finally {
    database.close();
  }
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
  return settled(request);
}

function read(database: IDBDatabase, name: string): Promise<IHmacKey | undefined> {
  const request = database.transaction(STORE).objectStore(STORE).get(name);
  return settled(request as IDBRequest<IHmacKey | undefined>);
}

async function add(database: IDBDatabase, name: string, key: IHmacKey): Promise<void> {
  const transaction = database.transaction(STORE, 'readwrite');
  try {
    await settled(transaction.objectStore(STORE).add(key, name));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'ConstraintError')) {
      throw error;
    }
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = event => {
      // An error that is told here need not abort what else goes on.
      event.preventDefault();
      reject(request.error ?? new DOMException('The browser did not say why.', 'UnknownError'));
    };
  });
}
