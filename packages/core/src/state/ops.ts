/**
 * What a kernel can be asked, as `jupyterlab_runtimes/state/kernel/server.py` answers it.
 *
 * A request is one message `runtimes_state_request` on the shell or the control channel, with content `{op, args}`; the
 * reply goes to the asker alone. Bytes are in the message's buffers, in both directions.
 */

import type { IDescription } from './plan.js';

export const STATE_REQUEST = 'runtimes_state_request';

/** Sessions that begin so move states: no activity, and nothing of theirs is kept. */
export const STATE_SESSION_PREFIX = 'runtimes-state-';

export interface IPythonFacts {
  readonly version: string;
  readonly implementation: string;
  /** `sys.platform`: `emscripten` in a browser. */
  readonly platform: string;
  readonly machine: string;
  readonly byteorder: string;
}

/** What is true of a kernel, as far as it decides what can go to it. */
export interface IKernelFacts {
  readonly python: IPythonFacts;
  /** Free for more variables; null where that can't be known. */
  readonly memory_bytes: number | null;
  /** Free for what is on its way; null where that can't be known. */
  readonly disk_bytes: number | null;
  /** It can capture while a cell runs. */
  readonly can_fork: boolean;
  /** Installed versions of those asked for; null: not installed. */
  readonly distributions: Readonly<Record<string, string | null>>;
}

/** A variable that does not go along, or not as it was. */
export interface ISkippedName {
  readonly name: string;
  /** A sentence. */
  readonly reason: string;
  /** What would help; '' when nothing does. */
  readonly remedy: string;
}

export interface ICaptureResult {
  /** On the kernel's machine. */
  readonly folder: string;
  /** Of all chunks, and of those that were not in `folder` before. */
  readonly bytes: number;
  readonly written: number;
  readonly skipped: readonly ISkippedName[];
  readonly mid_cell: boolean;
  /** How long the kernel stood still; why it had to, '' where it had not. */
  readonly stall_ms: number;
  readonly stall_reason: string;
}

export interface IRestoreResult {
  readonly restored: readonly string[];
  /** Made anew by a recipe, e.g. a file that was opened again; the reason says which. */
  readonly rebuilt: readonly ISkippedName[];
  readonly skipped: readonly ISkippedName[];
}

/** How verifying what cells could use already stands. */
export interface IVerifiedResult {
  readonly done: boolean;
  /** Names that were taken out of the namespace, because what they held is damaged. */
  readonly lost: readonly string[];
  /** '' while nothing is wrong. */
  readonly code: string;
  readonly message: string;
}

export interface IMissingChunk {
  readonly digest: string;
  /** Bytes of it that are there already. */
  readonly offset: number;
}

/** `own` restores everything; `foreign` only data, through codecs that can't run code. */
export type StateTrust = 'own' | 'foreign';

/** Arguments and result of each op; buffers are said beside. */
export interface IStateOps {
  inspect: { args: { distributions?: readonly string[] }; result: IKernelFacts };
  describe: {
    args: { job: string; names?: readonly string[]; deep?: boolean };
    result: IDescription;
  };
  /** On `control`: in the middle of a running cell. Buffer out: the manifest, not signed. */
  capture: {
    args: { job: string; names?: readonly string[]; folder?: string; durable?: boolean };
    result: ICaptureResult;
  };
  /** Buffer out: the bytes. */
  read: {
    args: { capture: string; digest: string; offset: number; length: number };
    result: unknown;
  };
  release: { args: { capture: string }; result: unknown };
  mark: { args: { capture: string }; result: { path: string; nonce: string } };
  nearby: { args: { path: string; nonce: string }; result: { nearby: boolean } };
  /** Buffer in: the manifest. */
  receive: { args: { load: string }; result: { missing: readonly IMissingChunk[] } };
  /** Buffer in: the bytes. */
  write: { args: { load: string; digest: string; offset: number }; result: { have: number } };
  /**
   * Buffer in, with `folder`: the manifest. `early`, for what is signed with a key of one's own: it answers before big
   * arrays are verified, `verifying` then; what turns out damaged is taken out of the namespace at once.
   */
  restore: {
    args: { job: string; names?: readonly string[]; trust: StateTrust; early?: boolean } & (
      { load: string } | { folder: string }
    );
    result: IRestoreResult & { readonly verifying?: boolean };
  };
  /** `job`: of the restore. */
  verified: { args: { job: string }; result: IVerifiedResult };
  discard: { args: { load: string }; result: unknown };
  poll: {
    args: { job: string };
    result: { known: boolean; done: boolean; stage: string; bytes: number; total: number };
  };
  /** What the op of a job that went on by itself would have answered. */
  outcome: { args: { job: string }; result: unknown };
  cancel: { args: { job: string }; result: unknown };
}

export type StateOp = keyof IStateOps;
