/**
 * Chunks and manifests in a folder for each owner. Everything is written aside, brought to the disk and renamed.
 *
 * @see docs/snapshot-format.md, "A store"
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

import { RuntimeError, type IChunk } from '@jupyterlab-runtimes/core';

import type { IBlobStore } from '../../snapshots/ports.js';

/** The longest chunk, bytes as it is stored: one of 16 MiB that a codec made longer instead of shorter. */
const MAX_CHUNK_BYTES = 17 * 1024 * 1024;
/** What was being written when a service ended, milliseconds. */
const STALE_PART_MS = 24 * 60 * 60_000;
const PART = '.part';
/** Names the owner of a folder. */
const OWNER = 'owner';

export class FolderBlobs implements IBlobStore {
  /** @param _root Holds one folder for each owner. */
  constructor(private readonly _root: string) {}

  async sizeOf(owner: string, digest: string): Promise<number | undefined> {
    return sizeOf(this._chunk(owner, digest));
  }

  async adopt(owner: string, folder: string, chunks: readonly IChunk[]): Promise<void> {
    const folders = new Set<string>();
    await this._makeFolder(owner);
    for (const { digest, size } of chunks) {
      const source = chunkPath(folder, digest);
      const target = this._chunk(owner, digest);
      if ((await sizeOf(target)) === size && !(await isAnotherFile(source, target))) {
        continue;
      }
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await place(source, target);
      await sync(target);
      folders.add(dirname(target));
    }
    await Promise.all([...folders].map(syncFolder));
  }

  async lend(owner: string, chunks: readonly IChunk[], folder: string): Promise<void> {
    await mkdir(join(folder, 'chunks'), { recursive: true, mode: 0o700 });
    const wanted = new Set(chunks.map(({ digest }) => digest));
    for (const digest of await chunksIn(folder)) {
      if (!wanted.has(digest)) {
        await rm(chunkPath(folder, digest), { force: true });
      }
    }
    for (const { digest, size } of chunks) {
      const target = chunkPath(folder, digest);
      if ((await sizeOf(target)) === size) {
        continue;
      }
      const source = this._chunk(owner, digest);
      if ((await sizeOf(source)) === undefined) {
        throw missing(digest);
      }
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await place(source, target);
    }
  }

  async put(owner: string, digest: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    const target = this._chunk(owner, digest);
    await this._makeFolder(owner);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const hash = createHash('sha256');
    let size = 0;
    await writeAside(target, async write => {
      for await (const part of bytes) {
        size += part.length;
        if (size > MAX_CHUNK_BYTES) {
          throw new RuntimeError(
            'PAYLOAD_TOO_LARGE',
            `A chunk has at most ${MAX_CHUNK_BYTES / 1024 / 1024} MiB: this one is longer.`
          );
        }
        hash.update(part);
        await write(part);
      }
      if (hash.digest('hex') !== digest) {
        throw new RuntimeError(
          'SNAPSHOT_CORRUPT',
          'The bytes are not those that the digest names: they were damaged on the way. Send them again.'
        );
      }
    });
    return size;
  }

  async open(owner: string, { digest, size }: IChunk): Promise<Readable> {
    const path = this._chunk(owner, digest);
    if ((await sizeOf(path)) !== size) {
      throw missing(digest);
    }
    return createReadStream(path);
  }

  async putManifest(owner: string, snapshotId: string, bytes: Buffer): Promise<void> {
    const target = this._manifest(owner, snapshotId);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeAside(target, write => write(bytes));
  }

  async manifest(owner: string, snapshotId: string): Promise<Buffer> {
    try {
      return await readFile(this._manifest(owner, snapshotId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw error;
      }
      throw new RuntimeError(
        'SNAPSHOT_CORRUPT',
        `The manifest of the snapshot ${snapshotId} is not in the store any more: delete the snapshot, and use another.`,
        { cause: error }
      );
    }
  }

  async removeManifest(owner: string, snapshotId: string): Promise<void> {
    await rm(this._manifest(owner, snapshotId), { force: true });
  }

  async sweep(
    owner: string,
    needed: ReadonlySet<string>,
    options: { readonly only?: readonly IChunk[]; readonly youngMs: number }
  ): Promise<number> {
    const folder = this._folder(owner);
    const candidates = options.only?.map(({ digest }) => digest) ?? (await chunksIn(folder));
    let freed = 0;
    for (const digest of candidates.filter(each => !needed.has(each))) {
      const path = chunkPath(folder, digest);
      const found = await stat(path).catch(() => undefined);
      if (found && (options.only || Date.now() - found.mtimeMs >= options.youngMs)) {
        await rm(path, { force: true });
        freed += found.size;
      }
    }
    if (!options.only) {
      await this._removeParts(folder);
    }
    return freed;
  }

  async owners(): Promise<string[]> {
    const names = await namesIn(this._root);
    const owners = await Promise.all(
      names.map(name => readFile(join(this._root, name, OWNER), 'utf8').catch(() => ''))
    );
    return owners.map(owner => owner.trim()).filter(Boolean);
  }

  async sweepManifests(owner: string, ids: ReadonlySet<string>): Promise<void> {
    const folder = join(this._folder(owner), 'manifests');
    for (const name of await namesIn(folder)) {
      if (name.endsWith('.json') && !ids.has(name.replace(/\.json$/, ''))) {
        await rm(join(folder, name), { force: true });
      }
    }
  }

  private async _makeFolder(owner: string): Promise<void> {
    const folder = this._folder(owner);
    if ((await sizeOf(join(folder, OWNER))) === undefined) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeAside(join(folder, OWNER), write => write(Buffer.from(`${owner}\n`)));
    }
  }

  private async _removeParts(folder: string): Promise<void> {
    const folders = [join(folder, 'manifests')];
    for (const name of await namesIn(join(folder, 'chunks'))) {
      folders.push(join(folder, 'chunks', name));
    }
    for (const each of folders) {
      for (const name of (await namesIn(each)).filter(part => part.endsWith(PART))) {
        const path = join(each, name);
        const found = await stat(path).catch(() => undefined);
        if (found && Date.now() - found.mtimeMs > STALE_PART_MS) {
          await rm(path, { force: true });
        }
      }
    }
  }

  /** Names of owners may differ in case alone, and file systems may not care: a digest of the name has no such trouble. */
  private _folder(owner: string): string {
    return join(this._root, createHash('sha256').update(owner).digest('hex').slice(0, 32));
  }

  private _chunk(owner: string, digest: string): string {
    return chunkPath(this._folder(owner), digest);
  }

  private _manifest(owner: string, snapshotId: string): string {
    return join(this._folder(owner), 'manifests', `${snapshotId}.json`);
  }
}

const chunkPath = (folder: string, digest: string): string =>
  join(folder, 'chunks', digest.slice(0, 2), digest);

async function sizeOf(path: string): Promise<number | undefined> {
  return (await statOf(path))?.size;
}

/** undefined: there is no such file. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** The names in a folder; none where there is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return [];
    }
    throw error;
  }
}

async function chunksIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesIn(join(folder, 'chunks'))) {
    found.push(
      ...(await namesIn(join(folder, 'chunks', name))).filter(each => /^[0-9a-f]{64}$/.test(each))
    );
  }
  return found;
}

/** One file under two names where the file system can, else a copy (which shares its blocks where that can be). */
async function place(source: string, target: string): Promise<void> {
  const aside = `${target}.${randomUUID()}${PART}`;
  try {
    await link(source, aside);
    const now = new Date();
    await utimes(aside, now, now);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EOPNOTSUPP'].includes(code)) {
      throw error;
    }
    await copyFile(source, aside, constants.COPYFILE_FICLONE);
    await sync(aside);
  }
  await rename(aside, target);
}

/** Two files on one disk, not one under two names: what was verified takes the place of what the disk may have damaged. */
async function isAnotherFile(source: string, target: string): Promise<boolean> {
  const [one, other] = await Promise.all([source, target].map(statOf));
  return one !== undefined && one.dev === other?.dev && one.ino !== other.ino;
}

async function writeAside(
  target: string,
  fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>
): Promise<void> {
  const aside = `${target}.${randomUUID()}${PART}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await fill(async bytes => {
      for (let at = 0; at < bytes.length;) {
        at += (await file.write(bytes, at)).bytesWritten;
      }
    });
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(aside, { force: true });
    throw error;
  }
  await file.close();
  await rename(aside, target);
  await syncFolder(dirname(target));
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the names in it survive a loss of power. Windows brings names to the disk by itself, and opens no folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function missing(digest: string): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    `A part of the snapshot (${digest.slice(0, 12)}…) is not in the store any more, or is damaged: use another snapshot.`
  );
}
