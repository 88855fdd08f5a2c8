/** What snapshots need from outside; adapters are made in main.ts. */
import type { Readable } from 'node:stream';

import type { IChunk, ISnapshotResource } from '@jupyterlab-runtimes/core';

import type {
  ICapturedState,
  ICaptureRuntimeOptions,
  IRestoredState,
  IRestoreRuntimeOptions
} from '../state/capture.js';

/** Gets state out of kernels and into them. */
export interface ICapture {
  capture(options: ICaptureRuntimeOptions): Promise<ICapturedState>;
  restore(options: IRestoreRuntimeOptions): Promise<IRestoredState>;
}

/** A snapshot as it is kept. */
export interface ISnapshotRecord {
  readonly resource: ISnapshotResource;
  /** The manifest's own id: another manifest in its place is noticed. */
  readonly manifest_id: string;
}

/** The list of snapshots, and which chunks each one needs. */
export interface ISnapshotStore {
  /** Oldest first. */
  list(owner: string): ISnapshotRecord[];
  find(id: string): ISnapshotRecord | undefined;
  /** Durable when this returns. */
  add(record: ISnapshotRecord, chunks: readonly IChunk[]): void;
  change(record: ISnapshotRecord): void;
  remove(id: string): void;
  owners(): string[];
  /** Those that a snapshot of this owner needs. */
  needed(owner: string): ReadonlySet<string>;
  /** Bytes of all chunks that snapshots of this owner need, each counted once. */
  usedBytes(owner: string): number;
}

/** Bytes by their SHA-256, and manifests by the snapshot's id; nothing is shared between owners. */
export interface IBlobStore {
  /** Bytes of the chunk as it is stored; undefined when it is not there. */
  sizeOf(owner: string, digest: string): Promise<number | undefined>;
  /** Take over verified chunks of a folder that is laid out like a store. Durable when it resolves. */
  adopt(owner: string, folder: string, chunks: readonly IChunk[]): Promise<void>;
  /** Put chunks where a kernel can read them, laid out like a store; others in that folder are taken away. */
  lend(owner: string, chunks: readonly IChunk[], folder: string): Promise<void>;
  /** Keep a chunk that arrives as a stream.
   *  @throws RuntimeError SNAPSHOT_CORRUPT when its bytes have another digest | PAYLOAD_TOO_LARGE | DISK_FULL */
  put(owner: string, digest: string, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /** @throws RuntimeError SNAPSHOT_CORRUPT when it is not there */
  open(owner: string, chunk: IChunk): Promise<Readable>;
  putManifest(owner: string, snapshotId: string, bytes: Buffer): Promise<void>;
  /** @throws RuntimeError SNAPSHOT_CORRUPT when it is not there */
  manifest(owner: string, snapshotId: string): Promise<Buffer>;
  removeManifest(owner: string, snapshotId: string): Promise<void>;
  /** Remove chunks that are not needed.
   *  @param only Of these; default: of all that are older than `youngMs`.
   *  @returns Bytes that came free. */
  sweep(
    owner: string,
    needed: ReadonlySet<string>,
    options: { readonly only?: readonly IChunk[]; readonly youngMs: number }
  ): Promise<number>;
  /** All of whom something is kept. */
  owners(): Promise<string[]>;
  /** Remove manifests that belong to no snapshot. */
  sweepManifests(owner: string, ids: ReadonlySet<string>): Promise<void>;
}
