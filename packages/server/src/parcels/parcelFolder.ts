/** Chunks that arrive in ranges, in any order: each is checked before it counts as being there. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { RuntimeError, type IChunk } from '@jupyterlab-runtimes/core';

import { chunkPath } from '../state/verifyChunks.js';
import { addRange, covers, type Ranges } from './ranges.js';

/** What comes in small pieces is written in larger ones, bytes. */
const WRITE_BYTES = 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** A chunk that has begun to arrive. */
interface IPart {
  readonly path: string;
  ranges: Ranges;
  /** Of its first `hashed` bytes: what comes in order is not read again. */
  readonly hash: Hash;
  hashed: number;
  finishing: Promise<void> | undefined;
}

export class ParcelFolder {
  /** @param folder Laid out like a store: docs/snapshot-format.md. */
  constructor(
    private readonly _folder: string,
    chunks: readonly IChunk[]
  ) {
    this._sizes = new Map(chunks.map(({ digest, size }) => [digest, size]));
  }

  /** What is not here, and which ranges of it are. */
  async missing(): Promise<{ digest: string; have: [number, number][] }[]> {
    const found: { digest: string; have: [number, number][] }[] = [];
    for (const digest of this._sizes.keys()) {
      if (!(await this._isHere(digest))) {
        const ranges = this._parts.get(digest)?.ranges ?? [];
        found.push({ digest, have: ranges.map(([start, end]) => [start, end]) });
      }
    }
    return found;
  }

  /**
   * Take bytes of a chunk. What has come before a connection breaks is kept.
   *
   * @throws RuntimeError INVALID_REQUEST | SNAPSHOT_CORRUPT: its bytes have another digest, and are forgotten
   */
  async write(digest: string, start: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const size = this._sizes.get(digest);
    if (size === undefined) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        'This chunk is not of this parcel: send its manifest first.'
      );
    }
    if (await this._isHere(digest)) {
      // Read to its end: who sends it may not look at the answer before.
      await pipeline(bytes, new Writable({ write: (_piece, _encoding, done) => done() }));
      return;
    }
    const part = await this._part(digest);
    await this._fill(part, start, size, bytes);
    if (covers(part.ranges, size)) {
      part.finishing ??= this._finish(digest, size, part);
      await part.finishing;
    }
  }

  /** @param end Not included.
   *  @throws RuntimeError NOT_FOUND | INVALID_REQUEST */
  async read(
    digest: string,
    range?: { readonly start: number; readonly end: number }
  ): Promise<{ readonly size: number; readonly bytes: Readable }> {
    const size = this._sizes.get(digest);
    if (size === undefined || !(await this._isHere(digest))) {
      throw new RuntimeError(
        'NOT_FOUND',
        'This chunk is not in this parcel: read its manifest again.'
      );
    }
    const { start, end } = range ?? { start: 0, end: size };
    if (start > end || end > size) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        `This chunk has ${size} bytes: ask for a range of them.`
      );
    }
    const options = { start, end: end - 1, highWaterMark: READ_BYTES };
    return { size, bytes: createReadStream(chunkPath(this._folder, digest), options) };
  }

  private async _fill(
    part: IPart,
    start: number,
    size: number,
    bytes: AsyncIterable<Uint8Array>
  ): Promise<void> {
    const file = await open(part.path, 'r+');
    let at = start;
    let pieces: Uint8Array[] = [];
    let waiting = 0;
    const flush = async (): Promise<void> => {
      const from = at;
      const batch = pieces;
      pieces = [];
      for (let offset = 0; offset < waiting;) {
        const rest = offset === 0 ? batch : [Buffer.concat(batch).subarray(offset)];
        offset += (await file.writev(rest, from + offset)).bytesWritten;
      }
      at += waiting;
      waiting = 0;
      part.ranges = addRange(part.ranges, from, at);
      if (part.hashed === from) {
        part.hashed = at;
        batch.forEach(piece => part.hash.update(piece));
      }
    };
    try {
      try {
        for await (const piece of bytes) {
          if (at + waiting + piece.length > size) {
            throw new RuntimeError(
              'INVALID_REQUEST',
              `This chunk has ${size} bytes, and more were sent.`
            );
          }
          pieces.push(piece);
          waiting += piece.length;
          if (waiting >= WRITE_BYTES) {
            await flush();
          }
        }
      } finally {
        await flush();
      }
    } finally {
      await file.close();
    }
  }

  private async _finish(digest: string, size: number, part: IPart): Promise<void> {
    const hash = part.hashed === size ? part.hash : await hashOf(part.path);
    this._parts.delete(digest);
    if (hash.digest('hex') !== digest) {
      await rm(part.path, { force: true });
      throw new RuntimeError(
        'SNAPSHOT_CORRUPT',
        'A part of the variables arrived with other bytes than were sent: try again; nothing has changed.'
      );
    }
    await rename(part.path, chunkPath(this._folder, digest));
    this._here.add(digest);
  }

  private async _part(digest: string): Promise<IPart> {
    const known = this._parts.get(digest);
    if (known) {
      await this._made.get(digest);
      return known;
    }
    const path = `${chunkPath(this._folder, digest)}.part`;
    // Known before anything is waited for: two ranges of one chunk may begin at the same moment.
    const hash = createHash('sha256');
    const part: IPart = { path, ranges: [], hash, hashed: 0, finishing: undefined };
    this._parts.set(digest, part);
    const made = (async (): Promise<void> => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await (await open(path, 'w', 0o600)).close();
    })();
    this._made.set(digest, made);
    await made;
    return part;
  }

  private async _isHere(digest: string): Promise<boolean> {
    await this._made.get(digest);
    if (this._here.has(digest)) {
      return true;
    }
    try {
      const { size } = await stat(chunkPath(this._folder, digest));
      if (size === this._sizes.get(digest)) {
        this._here.add(digest);
        return true;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw error;
      }
    }
    return false;
  }

  private readonly _sizes: ReadonlyMap<string, number>;
  private readonly _parts = new Map<string, IPart>();
  private readonly _made = new Map<string, Promise<void>>();
  private readonly _here = new Set<string>();
}

async function hashOf(path: string): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES })) {
    hash.update(piece as Buffer);
  }
  return hash;
}
