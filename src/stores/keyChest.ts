const DATABASE = 'jupyterlab-runtimes';
const STORE = 'keys';

/** Keeps one key. */
export interface IKeyChest<K> {
  get(): Promise<K | undefined>;
  /** @returns The key that is kept: another page may have been first.
   *  @throws DOMException where the browser keeps nothing: what is signed would be a stranger's after a reload. */
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
      await run('readwrite', store => store.add(key, name)).catch((error: unknown) => {
        if (!wasAnotherFirst(error)) {
          throw error;
        }
      });
      return (await get()) ?? key;
    }
  };
}

const wasAnotherFirst = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'ConstraintError';

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
