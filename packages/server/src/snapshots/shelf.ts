/**
 * Where snapshots come to rest: chunks, then manifest, then the list. One owner's changes come one after the other, so that
 * nothing takes away what another change is just about to need.
 */
import { ulid } from 'ulid';

import {
  parseManifest,
  RuntimeError,
  totalBytes,
  type IChunk,
  type ISnapshotResource,
  type Manifest
} from '@jupyterlab-runtimes/core';

import type { ILog } from '../runtimes/ports.js';
import { InTurn } from './inTurn.js';
import type { IBlobStore, ISnapshotRecord, ISnapshotStore } from './ports.js';
import type { Signers } from './signature.js';

export interface IShelfOptions {
  readonly store: ISnapshotStore;
  readonly blobs: IBlobStore;
  readonly signers: Signers;
  readonly now: () => Date;
  readonly log: ILog;
  /** One owner's snapshots take at most so many bytes; 0: no bound. */
  readonly quotaBytes: number;
  /** So many safety copies of a runtime are kept. */
  readonly keptSafetyCopies: number;
}

/** What is put on the shelf. */
export interface INewSnapshot {
  readonly resource: Omit<ISnapshotResource, 'id' | 'size_bytes'>;
  readonly manifest: Manifest;
  /** The manifest's bytes, signed or as they came. */
  readonly bytes: Buffer;
  /** Bring the chunks into the blob store; not called when there is no room for them. */
  readonly bringChunks: () => Promise<void>;
  /** Chunks stay when the snapshot can't be kept: who brings it sends what is missing. Default: they are removed. */
  readonly keepsChunks?: boolean;
}

/** Chunks that somebody was told of, or has sent, wait so long for their manifest, milliseconds. */
export const PROMISE_MS = 60 * 60_000;

export class Shelf {
  constructor(private readonly _options: IShelfOptions) {}

  /** Oldest first. */
  list(owner: string): ISnapshotResource[] {
    return this._options.store.list(owner).map(({ resource }) => resource);
  }

  /** @throws RuntimeError SNAPSHOT_NOT_FOUND, also for what belongs to another. */
  find(owner: string, id: string): ISnapshotResource {
    return this._find(owner, id).resource;
  }

  /** The manifest, checked, and whether it is the owner's own.
   *  @throws RuntimeError SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
  async open(
    owner: string,
    id: string
  ): Promise<{ manifest: Manifest; bytes: Buffer; isOwn: boolean }> {
    const record = this._find(owner, id);
    const bytes = await this._options.blobs.manifest(owner, id);
    const manifest = readManifest(bytes);
    if (manifest.id !== record.manifest_id) {
      throw new RuntimeError(
        'SNAPSHOT_CORRUPT',
        `The manifest of "${record.resource.name}" is another snapshot's: use another snapshot.`
      );
    }
    return { manifest, bytes, isOwn: this._options.signers.of(owner).isOwn(bytes) };
  }

  /** Keep a snapshot; it is on disk when this resolves.
   *  @throws RuntimeError QUOTA_EXCEEDED | DISK_FULL | what `bringChunks` throws */
  add(snapshot: INewSnapshot): Promise<ISnapshotResource> {
    const { resource, manifest, keepsChunks = false } = snapshot;
    const { owner } = resource;
    return this._turns.run(owner, async () => {
      await this._makeRoom(resource, manifest.chunks);
      try {
        const kept = await this._addNow(snapshot);
        await this._retire(kept);
        return kept;
      } catch (error) {
        if (!keepsChunks) {
          // It may have taken the last room that there was.
          await this._sweep(owner, manifest.chunks);
        }
        throw error;
      }
    });
  }

  /** These chunks, which are there, are waited for by a manifest that is yet to come: nothing takes them away. */
  promise(owner: string, digests: readonly string[]): void {
    const promised = this._promised.get(owner) ?? new Map<string, number>();
    this._promised.set(owner, promised);
    const until = this._options.now().getTime() + PROMISE_MS;
    digests.forEach(digest => promised.set(digest, until));
  }

  /** Digests of what must stay. */
  needed(owner: string): Set<string> {
    const now = this._options.now().getTime();
    const promised = this._promised.get(owner) ?? new Map<string, number>();
    for (const [digest, until] of promised) {
      if (until <= now) {
        promised.delete(digest);
      }
    }
    return new Set([...this._options.store.needed(owner), ...promised.keys()]);
  }

  change(owner: string, id: string, change: Partial<ISnapshotResource>): ISnapshotResource {
    const record = this._find(owner, id);
    const resource = { ...record.resource, ...change };
    this._options.store.change({ ...record, resource });
    return resource;
  }

  /** @throws RuntimeError SNAPSHOT_NOT_FOUND */
  async remove(owner: string, id: string): Promise<void> {
    this._find(owner, id);
    await this._turns.run(owner, () => this._removeNow(owner, id));
  }

  /** Do something while no snapshot of this owner comes or goes. */
  undisturbed<T>(owner: string, work: () => Promise<T>): Promise<T> {
    return this._turns.run(owner, work);
  }

  private async _addNow({
    resource,
    manifest,
    bytes,
    bringChunks
  }: INewSnapshot): Promise<ISnapshotResource> {
    const { store, blobs, now } = this._options;
    await bringChunks();
    const id = `s${ulid(now().getTime()).toLowerCase()}`;
    await blobs.putManifest(resource.owner, id, bytes);
    const kept: ISnapshotResource = { ...resource, id, size_bytes: totalBytes(manifest) };
    store.add({ resource: kept, manifest_id: manifest.id }, manifest.chunks);
    return kept;
  }

  private async _sweep(owner: string, only: readonly IChunk[]): Promise<void> {
    await this._options.blobs.sweep(owner, this.needed(owner), { only, youngMs: 0 });
  }

  /** The list first: what is not on it any more is nobody's, and a sweep finds it if we are ended here. */
  private async _removeNow(owner: string, id: string): Promise<void> {
    const { store, blobs } = this._options;
    if (!store.find(id)) {
      return;
    }
    // A manifest that can't be read has chunks that the next sweep finds.
    const chunks = await blobs
      .manifest(owner, id)
      .then(bytes => readManifest(bytes).chunks)
      .catch(() => []);
    store.remove(id);
    await blobs.removeManifest(owner, id);
    await this._sweep(owner, chunks);
  }

  /** A pause makes older automatic copies of its runtime superfluous; of safety copies the last few stay. */
  private async _retire({
    owner,
    runtime_id: runtimeId,
    kind,
    id
  }: ISnapshotResource): Promise<void> {
    if (runtimeId === null || kind === 'manual') {
      return;
    }
    const older = this.list(owner).filter(
      each => each.runtime_id === runtimeId && each.kind !== 'manual' && each.id !== id
    );
    const keep = kind === 'pause' ? 0 : Math.max(0, this._options.keptSafetyCopies - 1);
    const safety = older.filter(each => each.kind === 'safety');
    const gone =
      kind === 'pause'
        ? older
        : keep === 0
          ? safety
          : safety.slice(0, Math.max(0, safety.length - keep));
    for (const each of gone) {
      await this._removeNow(owner, each.id);
    }
  }

  private async _makeRoom(
    resource: Omit<ISnapshotResource, 'id' | 'size_bytes'>,
    chunks: readonly IChunk[]
  ): Promise<void> {
    const { quotaBytes, store } = this._options;
    const { owner } = resource;
    if (quotaBytes === 0) {
      return;
    }
    const lacking = (): number => {
      const needed = store.needed(owner);
      const fresh = sum(chunks.filter(({ digest }) => !needed.has(digest)));
      return store.usedBytes(owner) + fresh - quotaBytes;
    };
    const copies = this.list(owner).filter(
      each => each.kind === 'safety' && each.runtime_id === resource.runtime_id
    );
    // All but the youngest: it is all that there is if this goes wrong.
    for (const copy of copies.slice(0, -1)) {
      if (lacking() <= 0) {
        return;
      }
      await this._removeNow(owner, copy.id);
    }
    if (lacking() > 0) {
      throw new RuntimeError(
        'QUOTA_EXCEEDED',
        `The snapshot needs ${mib(sum(chunks))} MiB, and ${mib(store.usedBytes(owner))} of your ${mib(quotaBytes)} MiB are in use: delete snapshots, or large variables, then try again.`
      );
    }
  }

  private _find(owner: string, id: string): ISnapshotRecord {
    const record = this._options.store.find(id);
    if (record?.resource.owner !== owner) {
      throw new RuntimeError(
        'SNAPSHOT_NOT_FOUND',
        `There is no snapshot ${id} on this service (any more): refresh the list.`
      );
    }
    return record;
  }

  private readonly _turns = new InTurn();
  /** Until when, by owner and digest. */
  private readonly _promised = new Map<string, Map<string, number>>();
}

/** @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export const readManifest = (bytes: Buffer): Manifest =>
  parseManifest(new Uint8Array(bytes)).content;

const sum = (chunks: readonly IChunk[]): number =>
  chunks.reduce((total, { size }) => total + size, 0);

const mib = (bytes: number): string =>
  (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);
