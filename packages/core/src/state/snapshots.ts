/** Variables between a kernel and a store. */
import { RuntimeError } from '../errors.js';
import { runJob } from './job.js';
import { kernelSink, kernelSource } from './kernelChunks.js';
import type { KernelPort } from './kernelPort.js';
import { parseManifest, type IManifestFile } from './manifest.js';
import type { IRestoreResult, ISkippedName } from './ops.js';
import type { ISigner, ISnapshotStore, Sha256 } from './ports.js';
import type { IStateOptions } from './progress.js';
import { through } from './pump.js';
import { pumpUntilThere } from './pumpUntilThere.js';
import { restoreInto } from './restore.js';
import { storeSink, storeSource } from './storeChunks.js';
import { tidy } from './tidy.js';
import type { IVerification } from './verification.js';

export interface ISnapshotOptions extends IStateOptions {
  readonly signer: ISigner;
  readonly randomId: () => string;
  readonly sha256: Sha256;
  /** Default: everything. */
  readonly names?: readonly string[];
}

export interface ICapturedSnapshot {
  /** Signed, and kept. */
  readonly manifest: IManifestFile;
  readonly skipped: readonly ISkippedName[];
  /** Stored bytes of all chunks. */
  readonly bytes: number;
  readonly midCell: boolean;
}

export interface IRestoredSnapshot extends IRestoreResult {
  /** What comes of verifying big arrays of one's own, which cells can use meanwhile; the port has to stay open until
   *  then. Never rejects. */
  readonly verified: Promise<IVerification>;
}

/**
 * Take a snapshot; the kernel goes on. Only chunks that the store lacks are moved, and each is checked before it is kept.
 *
 * @param options.now In the middle of a running cell, where that is safe; else at its end.
 * @throws RuntimeError CANCELLED | NOT_RUNNING | DISK_FULL | SNAPSHOT_CORRUPT …: the store has no snapshot more.
 */
export async function captureTo(
  store: ISnapshotStore,
  source: KernelPort,
  options: ISnapshotOptions & { readonly now?: boolean }
): Promise<ICapturedSnapshot> {
  const { names, now, randomId, sha256, signer, signal } = options;
  const job = randomId();
  try {
    const { result, buffers } = await runJob(
      source,
      { op: 'capture', args: { job, names }, channel: now ? 'control' : 'shell', stage: 'capture' },
      options
    );
    const unsigned = parseManifest(buffers[0]);
    const sink = storeSink(store, unsigned.content, sha256);
    await pumpUntilThere(through(kernelSource(source, job), sink), sink, {
      ...options,
      manifest: unsigned.content
    });
    if (signal?.aborted) {
      throw new RuntimeError('CANCELLED', 'It was cancelled; nothing was kept.');
    }
    const manifest = await signer.sign(unsigned);
    await store.putManifest(manifest);
    const { skipped, bytes, mid_cell: midCell } = result;
    return { manifest, skipped, bytes, midCell };
  } finally {
    await tidy(source, options => source.request('release', { capture: job }, options));
  }
}

/**
 * Load a snapshot into a running kernel: what is one's own wholly, of anybody else's the data alone.
 *
 * @param options.acceptCode The user has seen the code that a foreign snapshot brings, and wants it.
 * @throws RuntimeError SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT | CANCELLED | NOT_RUNNING …: the namespace is as it was.
 */
export async function restoreFrom(
  store: ISnapshotStore,
  id: string,
  target: KernelPort,
  options: ISnapshotOptions & { readonly acceptCode?: boolean }
): Promise<IRestoredSnapshot> {
  const { names, randomId, sha256, signer, acceptCode = false } = options;
  const manifest = await store.getManifest(id);
  const isOwn = (await signer.verify(manifest)) === 'own';
  const load = randomId();
  try {
    const source = storeSource(store, sha256);
    const sink = kernelSink(target, load, manifest);
    await pumpUntilThere(through(source, sink), sink, {
      ...options,
      manifest: manifest.content
    });
    const trust = isOwn || acceptCode ? 'own' : 'foreign';
    const request = { names, trust, early: isOwn } as const;
    const { report, verified } = await restoreInto(target, { load }, request, options);
    return { ...report, verified };
  } finally {
    await tidy(target, options => target.request('discard', { load }, options));
  }
}
