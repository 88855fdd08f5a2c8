import { parseManifest, RuntimeError } from '@jupyterlab-runtimes/core';
import type { IManifestFile, ISnapshotStore } from '@jupyterlab-runtimes/core';

/** Top folder of everything that is kept here. */
const ROOT = 'jupyterlab-runtimes';
/** A file that is being written: it counts for nothing. */
const PART = '.part';

/**
 * Snapshots in the browser's own file system (OPFS): chunks by digest, manifests by id,
 * laid out as docs/snapshot-format.md has it. One store for each Jupyter Server and user:
 * neither sees what the other keeps.
 *
 * @see https://fs.spec.whatwg.org
 */
export class OpfsStore implements ISnapshotStore {
  /** @param baseUrl Of the Jupyter Server.
   *  @param user Jupyter's name of the user; '' where there is none.
   *  @param _locks Of all pages that share the storage. */
  constructor(
    private readonly _storage: Pick<StorageManager, 'getDirectory'>,
    baseUrl: string,
    user: string,
    private readonly _locks: LockManager
  ) {
    this._key = encodeURIComponent(`${baseUrl} ${user}`).replaceAll('.', '%2E');
  }

  /** Whether this browser, in this context, has such a file system. */
  static isSupported(): boolean {
    return typeof navigator.storage?.getDirectory === 'function';
  }

  async has(digests: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(
      digests.map(async digest => {
        const folder = await this._chunkFolder(digest, false);
        return folder && (await exists(folder, digest)) ? [digest] : [];
      })
    );
    return new Set(found.flat());
  }

  async read(digest: string): Promise<Uint8Array<ArrayBuffer>> {
    const folder = await this._chunkFolder(digest, false);
    const bytes = folder && (await readFile(folder, digest));
    if (!bytes) {
      throw new RuntimeError(
        'SNAPSHOT_NOT_FOUND',
        'A part of this snapshot is not in this browser any more: its storage was cleared. Use another snapshot.'
      );
    }
    return bytes;
  }

  async write(digest: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const folder = await this._chunkFolder(digest, true);
    if (folder && !(await exists(folder, digest))) {
      await writeFile(folder, digest, bytes);
    }
  }

  async putManifest(manifest: IManifestFile): Promise<void> {
    const folder = await this._folder('manifests', true);
    if (folder) {
      await writeFile(folder, `${manifest.content.id}.json`, manifest.bytes);
    }
  }

  async getManifest(id: string): Promise<IManifestFile> {
    const folder = await this._folder('manifests', false);
    const bytes = folder && (await readFile(folder, `${id}.json`));
    if (!bytes) {
      throw new RuntimeError(
        'SNAPSHOT_NOT_FOUND',
        'This snapshot is not in this browser any more: it was deleted, or the storage was cleared.'
      );
    }
    const manifest = parseManifest(bytes);
    if (manifest.content.id !== id) {
      throw new RuntimeError(
        'SNAPSHOT_CORRUPT',
        'This snapshot has the contents list of another one: delete it, and use another snapshot.'
      );
    }
    return manifest;
  }

  async listManifests(): Promise<readonly string[]> {
    const folder = await this._folder('manifests', false);
    const names = folder ? await namesOf(folder) : [];
    // Ids begin with the time at which they were made.
    return names
      .filter(name => name.endsWith('.json'))
      .map(name => name.slice(0, -'.json'.length))
      .sort()
      .reverse();
  }

  async remove(id: string): Promise<void> {
    const manifests = await this._folder('manifests', false);
    if (manifests) {
      await removeFile(manifests, `${id}.json`);
      // Not while somebody, in whichever page, brings chunks that no manifest names yet: the next removal takes them.
      await this._locks.request(this._lock, { ifAvailable: true }, lock =>
        lock ? this._sweep() : undefined
      );
    }
  }

  bring<T>(work: () => Promise<T>): Promise<T> {
    return this._locks.request(this._lock, { mode: 'shared' }, work) as Promise<T>;
  }

  /** Remove the chunks that no manifest names; none where a manifest can't be read, for what it names is not known. */
  private async _sweep(): Promise<void> {
    const ids = await this.listManifests();
    const read = await Promise.allSettled(ids.map(each => this.getManifest(each)));
    const found = read.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
    if (found.length < ids.length) {
      return;
    }
    const needed = new Set(
      found.flatMap(({ content }) => content.chunks.map(({ digest }) => digest))
    );
    const chunks = await this._folder('chunks', false);
    for (const prefix of chunks ? await namesOf(chunks) : []) {
      const folder = await chunks?.getDirectoryHandle(prefix);
      for (const name of folder ? await namesOf(folder) : []) {
        if (folder && !needed.has(name)) {
          await removeFile(folder, name);
        }
      }
    }
  }

  private get _lock(): string {
    return `${ROOT} ${this._key}`;
  }

  private _chunkFolder(
    digest: string,
    create: boolean
  ): Promise<FileSystemDirectoryHandle | undefined> {
    return this._folder(`chunks/${digest.slice(0, 2)}`, create);
  }

  private async _folder(
    path: string,
    create: boolean
  ): Promise<FileSystemDirectoryHandle | undefined> {
    const known = this._folders.get(path);
    if (known) {
      return known;
    }
    let folder = await this._storage.getDirectory();
    try {
      for (const name of [ROOT, this._key, ...path.split('/')]) {
        folder = await folder.getDirectoryHandle(name, { create });
      }
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
    this._folders.set(path, folder);
    return folder;
  }

  private readonly _key: string;
  private readonly _folders = new Map<string, FileSystemDirectoryHandle>();
}

/** Written aside and moved, where the browser can; a page that ends in the middle leaves a part that counts for nothing.
 *  @throws RuntimeError DISK_FULL */
async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array<ArrayBuffer>
): Promise<void> {
  try {
    const file: FileSystemFileHandle & { move?: (name: string) => Promise<void> } =
      await folder.getFileHandle(`${name}${PART}`, { create: true });
    const canMove = file.move !== undefined;
    // A stream replaces the file's content when it is closed, not before.
    const target = canMove ? file : await folder.getFileHandle(name, { create: true });
    const stream = await target.createWritable();
    await stream.write(bytes);
    await stream.close();
    if (canMove) {
      await file.move?.(name);
    } else {
      await removeFile(folder, `${name}${PART}`);
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') {
      throw new RuntimeError(
        'DISK_FULL',
        'This browser has no room for the snapshot: delete older snapshots, or choose fewer variables.',
        { cause: error }
      );
    }
    throw error;
  }
}

async function readFile(
  folder: FileSystemDirectoryHandle,
  name: string
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}

async function exists(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    return (await (await folder.getFileHandle(name)).getFile()).size > 0;
  } catch (error) {
    if (isNotFound(error)) {
      return false;
    }
    throw error;
  }
}

async function removeFile(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch (error) {
    if (!isNotFound(error)) {
      throw error;
    }
  }
}

async function namesOf(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    names.push(name);
  }
  return names;
}

function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
