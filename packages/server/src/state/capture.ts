/**
 * A runtime's state, captured and restored by the service: the kernel writes and reads a folder on the same machine,
 * Node checks every byte of it. Neither counts as activity, and nothing of it is in the journal.
 */
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IStateOptions, Manifest, ISkippedName } from '@jupyterlab-runtimes/core';

import type { IJupyterAddress } from '../jupyter/address.js';

export interface IKernelPlace {
  readonly address: IJupyterAddress;
  readonly kernelId: string;
}

export interface ICaptureRuntimeOptions extends IKernelPlace, IStateOptions {
  /** Gets the chunks; made when it is not there. The manifest is the caller's to sign and to write, last. */
  readonly folder: string;
  /** Default: everything that the user has named. */
  readonly names?: readonly string[];
  /** An earlier manifest whose chunks are in `folder` too: only what changed is written. */
  readonly previous?: Manifest;
  /** `boundary` waits for the running cell, `now` captures in its middle where that is safe. Default: `boundary`. */
  readonly mode?: 'boundary' | 'now';
}

export interface ICapturedState {
  /** Not signed. */
  readonly manifest: Manifest;
  /** What is left out, each with its reason. */
  readonly skipped: readonly ISkippedName[];
  /** Bytes of all chunks, and of those that were not there before. */
  readonly bytes: number;
  readonly writtenBytes: number;
  /** A cell was running: what it had not finished is as it was at that moment. */
  readonly midCell: boolean;
}

export interface IRestoreRuntimeOptions extends IKernelPlace, IStateOptions {
  readonly folder: string;
  /** Its signature has been looked at by the caller: `trust` says what came of it. */
  readonly manifest: Manifest;
  /** Default: all. */
  readonly names?: readonly string[];
  /** `own` restores everything; `foreign` only data, through codecs that can't run code. */
  readonly trust: 'own' | 'foreign';
}

export interface IRestoredState {
  readonly restored: readonly string[];
  /** Made anew by a recipe, e.g. a file that was opened again. */
  readonly rebuilt: readonly string[];
  readonly skipped: readonly ISkippedName[];
}

/**
 * Let the kernel write its state into `folder`, then check every chunk.
 *
 * @throws RuntimeError UNREACHABLE (retryable) | NOT_RUNNING (the kernel ended) | DISK_FULL | CANCELLED |
 *   SNAPSHOT_CORRUPT (the disk gave back other bytes than were written)
 */
export async function captureRuntime(_options: ICaptureRuntimeOptions): Promise<ICapturedState> {
  throw new RuntimeError('INTERNAL', 'Capturing a runtime is not there yet.');
}

/**
 * Check every chunk, then let the kernel read them: its namespace gets all of it in one step, or stays as it was.
 *
 * @throws RuntimeError UNREACHABLE (retryable) | NOT_RUNNING | SNAPSHOT_CORRUPT | CANCELLED
 */
export async function restoreRuntime(_options: IRestoreRuntimeOptions): Promise<IRestoredState> {
  throw new RuntimeError('INTERNAL', 'Restoring a runtime is not there yet.');
}
