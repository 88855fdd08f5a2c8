/**
 * A runtime's state, captured and restored by the service: the kernel writes and reads a folder on the same machine,
 * Node checks every byte of it. Neither counts as activity, and nothing of it is in the journal.
 */
import { randomUUID } from 'node:crypto';

import {
  manifestBytes,
  parseManifest,
  restoreInto,
  runJob,
  RuntimeError,
  type IRestoreResult,
  type ISkippedName,
  type IStateOptions,
  type IVerification,
  type KernelPort,
  type Manifest,
  type StateTrust
} from '@jupyterlab-runtimes/core';

import { openKernelPort, type IKernelPlace } from './kernelPort.js';
import { verifyChunks } from './verifyChunks.js';

export interface ICaptureRuntimeOptions extends IKernelPlace, IStateOptions {
  /**
   * A store (docs/snapshot-format.md), made when it is not there. Chunks that are there already are not written again:
   * one folder for an owner's snapshots makes each next one small. The manifest is the caller's to sign, and then to
   * write to `manifests/<id>.json`, last.
   */
  readonly folder: string;
  /** Default: everything that the user has named. */
  readonly names?: readonly string[];
  /**
   * False for what only passes through: it need not survive a power cut, and whoever receives it checks every byte.
   * Default: true.
   */
  readonly durable?: boolean;
  /** `boundary` waits for the running cell, `now` captures in its middle where that is safe. Default: `boundary`. */
  readonly mode?: 'boundary' | 'now';
}

export interface ICapturedState {
  /** Not signed. */
  readonly manifest: Manifest;
  /** What is left out, each with its reason. */
  readonly skipped: readonly ISkippedName[];
  /** Stored bytes of all chunks, and of those that were not there before. */
  readonly bytes: number;
  readonly writtenBytes: number;
  /** A cell was running: what it had not finished is as it was at that moment. */
  readonly midCell: boolean;
  /** How long the kernel stood still, milliseconds; why it had to, '' where it went on. */
  readonly stallMs: number;
  readonly stallReason: string;
}

/** What came of a restore, name by name. */
export interface IRestoredState extends IRestoreResult {
  /** What comes of verifying big arrays, which cells can use meanwhile; until then the chunks have to stay where they
   *  are. Resolved at once where everything was verified. Never rejects. */
  readonly verified: Promise<IVerification>;
}

export interface IRestoreRuntimeOptions extends IKernelPlace, IStateOptions {
  readonly folder: string;
  /** What a verified manifest says; its signature has been looked at: `trust` says what came of it. */
  readonly manifest: Pick<Manifest, 'chunks'>;
  /** Default: all. */
  readonly names?: readonly string[];
  /** `own` restores everything; `foreign` only data, through codecs that can't run code. */
  readonly trust: StateTrust;
  /** The manifest was found to be signed with the service's own key: cells can run before big arrays are verified. */
  readonly early?: boolean;
}

/**
 * Let the kernel write its state into `folder`, then check every chunk of what is to be kept.
 *
 * @throws RuntimeError UNREACHABLE | TIMED_OUT (both retryable) | NOT_RUNNING (the kernel ended) | DISK_FULL |
 *   CANCELLED | STATE_NOT_CARRIED (no Python kernel) | SNAPSHOT_CORRUPT (the disk gave back other bytes)
 */
export async function captureRuntime(options: ICaptureRuntimeOptions): Promise<ICapturedState> {
  const port = openKernelPort(options);
  try {
    return await capture(port, options).catch((error: unknown) => {
      if (error instanceof RuntimeError && error.code === 'SNAPSHOT_CORRUPT') {
        // An earlier capture's part that was to be reused has changed on the disk: without it all is written anew.
        return capture(port, options);
      }
      throw error;
    });
  } finally {
    port.dispose();
  }
}

async function capture(port: KernelPort, options: ICaptureRuntimeOptions): Promise<ICapturedState> {
  const { folder, names, mode, durable = true } = options;
  const job = randomUUID();
  const args = { job, folder, names, durable };
  const channel = mode === 'now' ? 'control' : 'shell';
  const { result, buffers } = await runJob(
    port,
    { op: 'capture', args, channel, stage: 'capture' },
    options
  );
  const { content: manifest } = parseManifest(buffers[0]);
  await port.request('release', { capture: job }, { channel: 'control' });
  if (durable) {
    await verifyChunks(folder, manifest, options);
  }
  return {
    manifest,
    skipped: result.skipped,
    bytes: result.bytes,
    writtenBytes: result.written,
    midCell: result.mid_cell,
    stallMs: result.stall_ms,
    stallReason: result.stall_reason
  };
}

/**
 * Let the kernel check every chunk and read it: its namespace gets all of it in one step, or stays as it was.
 *
 * @throws RuntimeError UNREACHABLE | TIMED_OUT (both retryable) | NOT_RUNNING | SNAPSHOT_CORRUPT | CANCELLED
 */
export async function restoreRuntime(options: IRestoreRuntimeOptions): Promise<IRestoredState> {
  const { folder, manifest, names, trust, early = false } = options;
  const port = openKernelPort(options);
  try {
    const place = { folder, manifest: manifestBytes(manifest) };
    const all = { ...options, randomId: randomUUID };
    const { report, verified } = await restoreInto(port, place, { names, trust, early }, all);
    return { ...report, verified: verified.finally(() => port.dispose()) };
  } catch (error) {
    port.dispose();
    throw error;
  }
}
