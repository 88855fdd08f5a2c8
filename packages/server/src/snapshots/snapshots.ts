/** What can be done with an owner's snapshots. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import {
  canonicalJson,
  RuntimeError,
  type IRestoreReport,
  type IRestoreRequest,
  type ISnapshotChange,
  type ISnapshotRequest,
  type ISnapshotResource,
  type ISkippedVariable,
  splitSigned,
  type Manifest
} from '@jupyterlab-runtimes/core';

import type { RuntimeList } from '../runtimes/runtimeList.js';
import type { StateActions } from '../runtimes/stateActions.js';
import { openJrs, writeJrs } from './jrsFile.js';
import type { IBlobStore } from './ports.js';
import { readManifest, type Shelf } from './shelf.js';
import type { Signers } from './signature.js';
import { countVariables, minorOf } from './stateKeeper.js';

export interface ISnapshotsOptions {
  readonly list: RuntimeList;
  readonly actions: StateActions;
  readonly shelf: Shelf;
  readonly blobs: IBlobStore;
  readonly signers: Signers;
  /** Where files that are being imported are put meanwhile. */
  readonly importFolder: string;
  /** A file of an import has at most so many bytes; 0: no bound. */
  readonly maxImportBytes: number;
  readonly now: () => Date;
}

/** A snapshot that a page or another service brings. */
export interface IBroughtSnapshot {
  readonly name?: string;
  readonly description?: string;
  /** The owner says that it is their own state: it is signed. */
  readonly isOwn?: boolean;
}

/** Every call names the owner: what belongs to another is SNAPSHOT_NOT_FOUND, as if it were not there. */
export class Snapshots {
  constructor(private readonly _options: ISnapshotsOptions) {}

  /** Oldest first. @param runtimeId Of this runtime alone. */
  list(owner: string, runtimeId?: string): ISnapshotResource[] {
    const all = this._options.shelf.list(owner);
    return runtimeId === undefined ? all : all.filter(each => each.runtime_id === runtimeId);
  }

  /** @throws RuntimeError SNAPSHOT_NOT_FOUND */
  get(owner: string, id: string): ISnapshotResource {
    return this._options.shelf.find(owner, id);
  }

  /** @throws RuntimeError SNAPSHOT_NOT_FOUND */
  change(owner: string, id: string, change: ISnapshotChange): ISnapshotResource {
    const { name, description } = change;
    return this._options.shelf.change(owner, id, {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description })
    });
  }

  /** @throws RuntimeError SNAPSHOT_NOT_FOUND | CONFLICT (a paused runtime lives by it) */
  async remove(owner: string, id: string): Promise<void> {
    this.get(owner, id);
    const holder = this._options.list
      .of(owner)
      .find(
        ({ resource, life }) =>
          life.restore === id ||
          life.paused_with === id ||
          (resource.state === 'paused' && resource.snapshot_id === id)
      );
    if (holder) {
      throw new RuntimeError(
        'CONFLICT',
        `The runtime "${holder.resource.given_name}" is paused with this snapshot, and has its variables nowhere else: resume or terminate it first.`
      );
    }
    await this._options.shelf.remove(owner, id);
  }

  /** Capture a running runtime, which goes on.
   *  @see StateActions.snapshot */
  create(
    owner: string,
    runtimeId: string,
    request: ISnapshotRequest,
    signal?: AbortSignal
  ): Promise<ISnapshotResource> {
    const runtime = this._options.list.find(owner, runtimeId);
    return this._options.actions.snapshot(runtime, { ...request, ...(signal ? { signal } : {}) });
  }

  /** Load a snapshot into a running runtime.
   *  @see StateActions.restore */
  async restore(
    owner: string,
    runtimeId: string,
    request: IRestoreRequest
  ): Promise<IRestoreReport> {
    const runtime = this._options.list.find(owner, runtimeId);
    this.get(owner, request.snapshot_id);
    return this._options.actions.restore(runtime, request.snapshot_id, {
      acceptCode: request.accept_code ?? false,
      ...(request.names ? { names: request.names } : {})
    });
  }

  /** The snapshot as one file.
   *  @throws RuntimeError SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT */
  async export(
    owner: string,
    id: string
  ): Promise<{ name: string; size: number; bytes: Readable }> {
    const { blobs, shelf } = this._options;
    const { name } = this.get(owner, id);
    const { manifest, bytes } = await shelf.open(owner, id);
    const file = writeJrs(manifest, bytes, chunk => blobs.open(owner, chunk));
    return { name, size: file.size, bytes: Readable.from(file.bytes, { objectMode: false }) };
  }

  /** Keep the snapshot that a file brings. Every chunk is checked; who signed it decides what it may restore later.
   *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | PAYLOAD_TOO_LARGE | QUOTA_EXCEEDED | DISK_FULL */
  async import(
    owner: string,
    bytes: AsyncIterable<Uint8Array>,
    brought: Pick<IBroughtSnapshot, 'name' | 'description'> = {}
  ): Promise<ISnapshotResource> {
    const { blobs, importFolder, maxImportBytes, shelf } = this._options;
    await mkdir(importFolder, { recursive: true, mode: 0o700 });
    const path = join(importFolder, `${randomUUID()}.jrs`);
    try {
      await pipeline(bounded(bytes, maxImportBytes), createWriteStream(path, { mode: 0o600 }));
      const file = await openJrs(path);
      return await shelf.add({
        resource: this._describe(owner, file.manifest, file.manifestBytes, brought),
        manifest: file.manifest,
        bytes: file.manifestBytes,
        bringChunks: async () => {
          for (const [index, { digest, size }] of file.manifest.chunks.entries()) {
            if ((await blobs.sizeOf(owner, digest)) === size) {
              // A damaged file is refused also where all of it is there already.
              await checkDigest(digest, file.chunk(index));
            } else {
              await blobs.put(owner, digest, file.chunk(index));
            }
          }
        }
      });
    } finally {
      await rm(path, { force: true });
    }
  }

  /** The manifest as it was written and signed. */
  async manifest(owner: string, id: string): Promise<Buffer> {
    return (await this._options.shelf.open(owner, id)).bytes;
  }

  /** A chunk of the owner's as it is stored.
   *  @throws RuntimeError NOT_FOUND */
  async chunk(owner: string, digest: string): Promise<{ size: number; bytes: Readable }> {
    const { blobs } = this._options;
    const size = await blobs.sizeOf(owner, digest);
    if (size === undefined) {
      throw new RuntimeError(
        'NOT_FOUND',
        `There is no chunk ${digest} on this service (any more): read the manifest again.`
      );
    }
    return { size, bytes: await blobs.open(owner, { digest, size, length: size, codec: 'raw' }) };
  }

  /** @throws RuntimeError SNAPSHOT_CORRUPT | PAYLOAD_TOO_LARGE | DISK_FULL */
  async putChunk(owner: string, digest: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { blobs, shelf } = this._options;
    shelf.promise(owner, [digest]);
    await blobs.put(owner, digest, bytes);
  }

  /** Those that are not there; the others stay until a manifest that names them has had its time to come. */
  async missing(owner: string, digests: readonly string[]): Promise<string[]> {
    const { blobs, shelf } = this._options;
    const all = [...new Set(digests)];
    return shelf.undisturbed(owner, async () => {
      const sizes = await Promise.all(all.map(digest => blobs.sizeOf(owner, digest)));
      shelf.promise(
        owner,
        all.filter((_, i) => sizes[i] !== undefined)
      );
      return all.filter((_, i) => sizes[i] === undefined);
    });
  }

  /** Keep a snapshot whose chunks are there already.
   *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | INVALID_REQUEST (chunks are missing) | QUOTA_EXCEEDED */
  add(owner: string, bytes: Buffer, brought: IBroughtSnapshot): Promise<ISnapshotResource> {
    const { blobs, shelf, signers } = this._options;
    const manifest = readManifest(bytes);
    const line = Buffer.from(splitSigned(Uint8Array.from(bytes)).line).toString('utf8');
    if (brought.isOwn && canonicalJson(manifest) !== line) {
      throw new RuntimeError(
        'SNAPSHOT_CORRUPT',
        'The manifest is not in its canonical form, and so can not be signed: write it as docs/snapshot-format.md says.'
      );
    }
    const kept = brought.isOwn ? signers.of(owner).sign(line) : bytes;
    return shelf.add({
      resource: this._describe(owner, manifest, kept, brought),
      manifest,
      bytes: kept,
      keepsChunks: true,
      bringChunks: async () => {
        for (const { digest, size } of manifest.chunks) {
          if ((await blobs.sizeOf(owner, digest)) !== size) {
            throw new RuntimeError(
              'INVALID_REQUEST',
              `The chunk ${digest} is not there: ask for what is missing, send that, then the manifest again.`
            );
          }
        }
      }
    });
  }

  private _describe(
    owner: string,
    manifest: Manifest,
    bytes: Buffer,
    { name, description }: IBroughtSnapshot
  ): Omit<ISnapshotResource, 'id' | 'size_bytes'> {
    const now = this._options.now();
    return {
      owner,
      name: name ?? `Snapshot of ${manifest.created_at.slice(0, 16).replace('T', ' ')}`,
      description: description ?? '',
      kind: 'manual',
      created_at: now.toISOString(),
      runtime_id: null,
      runtime_name: '',
      environment_name: '',
      python: minorOf(manifest),
      mid_cell: manifest.mid_cell,
      verified: this._options.signers.of(owner).isOwn(bytes),
      variables: countVariables(manifest),
      skipped: skippedOf(manifest)
    };
  }
}

const skippedOf = (manifest: Manifest): ISkippedVariable[] =>
  (manifest.graph.variables ?? [])
    .filter(({ outcome }) => outcome === 'skipped')
    .map(({ name, reason, remedy }) => ({ name, reason: reason ?? '', remedy: remedy ?? '' }));

/** @throws RuntimeError SNAPSHOT_CORRUPT */
async function checkDigest(digest: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash('sha256');
  for await (const part of bytes) {
    hash.update(part);
  }
  if (hash.digest('hex') !== digest) {
    throw new RuntimeError(
      'SNAPSHOT_CORRUPT',
      'A part of the snapshot is damaged: fetch the file again, or use another copy of it.'
    );
  }
}

/** @throws RuntimeError PAYLOAD_TOO_LARGE */
async function* bounded(
  bytes: AsyncIterable<Uint8Array>,
  max: number
): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (max > 0 && size > max) {
      throw new RuntimeError(
        'PAYLOAD_TOO_LARGE',
        `The file is larger than ${Math.round(max / 1024 / 1024)} MiB, which is all that may be imported: take a snapshot of fewer variables.`
      );
    }
    yield part;
  }
}
