const DATABASE = 'jupyterlab-runtimes';
const STORE = 'keys';

/** Keeps one key. */
export interface IKeyChest<K> {
  get(): Promise<K | undefined>;
  /** @returns The key that is kept: another page may have been first. */
  put(key: K): Promise<K>;
}

/** A key in the browser's IndexedDB, as an object that the page can use and not read.
 *  @param name One key for each Jupyter Server and user. */
export function indexedKeyChest<K>(factory: IDBFactory, name: string): IKeyChest<K> {
  const run = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>
  ): Promise<T> => {
    const database = await opened(factory);
    try {
      return await answerOf(work(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  };
  const get = async () =>
    (await run('readonly', store => store.get(name) as IDBRequest<K | undefined>)) ?? undefined;
  return {
    get,
    put: async key => {
      // `add` fails where another page was first: then that one's counts.
      await run('readwrite', store => store.add(key, name)).catch(() => undefined);
      return (await get()) ?? key;
    }
  };
}

function opened(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return answerOf(request);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB gave no reason.'));
  });
}
