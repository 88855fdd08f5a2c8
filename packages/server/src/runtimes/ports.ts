/** What the use cases need from outside; adapters are made in main.ts. */
import type {
  IEnvironment,
  IExecution,
  IRestoreReport,
  IRuntimeResource,
  ISkippedName,
  ISnapshotResource,
  OnStateProgress,
  RuntimeError
} from '@jupyterlab-runtimes/core';

import type { IJupyterAddress } from '../jupyter/address.js';
import type { IInstant } from './deadlines.js';
import type { ILifeRecord } from './lifeRecord.js';
import type { IMark } from './mark.js';

/** The part of pino that is used; every call takes fields first. */
export interface ILog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface IClock {
  now(): Date;
}

/** A clock for deadlines. */
export interface ISteadyClock extends IClock {
  instant(): IInstant;
  /** Call once, after so many milliseconds. */
  after(ms: number, callback: () => void): { dispose(): void };
}

/** A runtime as it is kept: the resource, and what only the service needs to know. */
export interface IRuntimeRecord {
  readonly resource: IRuntimeResource;
  /** What the launcher needs to find its process again, as JSON; null before there is one. */
  readonly handle: unknown;
  /** When it ended, RFC 3339; null while it lives. */
  readonly ended_at: string | null;
  /** Its time, and what is under way; not there in records of a version before it. */
  readonly life?: ILifeRecord;
}

export interface IRuntimeStore {
  list(): IRuntimeRecord[];
  /** Write the record and these marks, all or nothing. */
  put(record: IRuntimeRecord, marks?: readonly IMark[]): void;
  /** Also forgets its executions; marks stay for a day. */
  remove(id: string): void;
  /** What was done for the request with this key. */
  marked(key: string): IMark | undefined;
}

export interface IExecutionStore {
  /** Oldest first. */
  list(runtimeId: string): IExecution[];
  put(runtimeId: string, execution: IExecution): void;
  remove(runtimeId: string, msgId: string): void;
}

/** What a launcher needs to know of a runtime that it is to start. */
export interface ILaunchPlan {
  readonly owner: string;
  readonly environment: IEnvironment;
  /** Environment variables of this launch, over those of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Kubernetes quantities: cpu, memory, …; checked against the environment's ranges. */
  readonly resources: Readonly<Record<string, string>>;
  /** The owner's storage as `~/persistent`. */
  readonly persistentStorage: boolean;
}

/** A runtime's process, started or found again. */
export interface ILaunched {
  readonly address: IJupyterAddress;
  /** What could not be done as the plan asks, a sentence each; for the runtime's `notes`. */
  readonly notes: readonly string[];
  /** Resolves, once, with the reason when the process ended: exit code or signal, and the last lines of its log. */
  readonly ended: Promise<string>;
  /** The last lines of its log. */
  logTail(): string;
  /** How its kernel ended, while its Jupyter Server lives; asked once for each end.
   *  @param exitCode Negative for a signal; undefined where nobody saw. */
  kernelEnd(exitCode: number | undefined): IKernelEnd;
}

/** How a kernel ended. */
export interface IKernelEnd {
  /** After "Its kernel": `was ended by SIGKILL`. */
  readonly how: string;
  /** A sentence that says it was the memory, where it was; else ''. */
  readonly why: string;
  /** The last lines of the log; '' for none. */
  readonly log: string;
}

export interface ILauncher {
  /** The environments that this owner sees, the default first. */
  listEnvironments(owner: string): Promise<IEnvironment[]>;
  /** Start the process; its Jupyter Server answers some time later.
   *  @param onHandle Called as soon as there is a process.
   *  @throws RuntimeError ENVIRONMENT_BROKEN | ENVIRONMENT_INVALID | INVALID_REQUEST | DISK_FULL | START_FAILED */
  start(id: string, plan: ILaunchPlan, onHandle: (handle: unknown) => void): Promise<ILaunched>;
  /** Find a process again that an earlier service started; undefined when it is not there any more. */
  adopt(id: string, handle: unknown): Promise<ILaunched | undefined>;
  /** End the process if there is one, wait until it is gone, and remove its files. */
  end(id: string, handle: unknown): Promise<void>;
  /** End processes, and remove files, that belong to none of these runtimes. */
  endOrphans(ids: ReadonlySet<string>): Promise<void>;
  /** What is the matter with the environment, if anything: asked when a launch failed. */
  diagnose(environmentName: string, owner: string): Promise<string>;
}

/** The Jupyter Server of a runtime. Every call rejects with a RuntimeError. */
export interface IJupyterServer {
  /** Resolves when it answers. */
  untilReady(signal: AbortSignal): Promise<void>;
  listKernels(signal?: AbortSignal): Promise<IKernelModel[]>;
  startKernel(name: string, signal: AbortSignal): Promise<IKernelModel>;
  interrupt(kernelId: string): Promise<void>;
  restart(kernelId: string): Promise<void>;
}

export interface IKernelModel {
  readonly id: string;
  readonly name: string;
  readonly execution_state: string;
}

/** What the relay of a runtime tells. */
export interface IRelayEvents {
  /** @param exitCode With `restarting` and `dead`: of its process, negative for a signal; undefined where nobody saw. */
  onExecutionState(state: string, exitCode?: number): void;
  /** A non-silent execution, or a person's input. */
  onActivity(): void;
  /** A non-silent execution has ended: its reply may come after the kernel is idle. */
  onExecutionEnded(): void;
  onUpstreamLost(): void;
  onRefused(status: number, reason: string): void;
  /** Output could not be written to disk. */
  onJournalFailed(error: unknown): void;
  /** It can be written again. */
  onJournalWritten(): void;
}

/** The surviving channel of a runtime, as the use cases see it. */
export interface IRelay {
  readonly ready: Promise<void>;
  renudge(): Promise<void>;
  executions(): IExecution[];
  /** @throws RuntimeError NOT_FOUND */
  messages(msgId: string, before: number | undefined): Iterable<Buffer>;
  acknowledge(msgIds: readonly string[]): void;
  close(): void;
  /** The kernel is gone, and what it said stays. */
  rest(): void;
  remove(): void;
}

export interface IRelays {
  open(
    runtimeId: string,
    address: IJupyterAddress,
    kernelId: string,
    isNew: boolean,
    events: IRelayEvents
  ): IRelay;
  /** What ran in the kernel of a runtime that has none now. */
  executions(runtimeId: string): IExecution[];
  /** @throws RuntimeError NOT_FOUND */
  messages(runtimeId: string, msgId: string, before: number | undefined): Iterable<Buffer>;
  acknowledge(runtimeId: string, msgIds: readonly string[]): void;
  /** Remove the journal of a runtime that has no relay. */
  removeFiles(runtimeId: string): void;
  /** Remove the journals of all but these runtimes. */
  removeOthers(ids: ReadonlySet<string>): void;
}

/** A kernel whose state is meant. */
export interface IKernelOfRuntime {
  readonly runtime: IRuntimeResource;
  readonly address: IJupyterAddress;
  readonly kernelId: string;
  /** False once it has died: what answers then was started in its place. */
  readonly isIt: () => boolean;
}

export interface IKeepRequest {
  readonly kind: ISnapshotResource['kind'];
  readonly name?: string;
  readonly description?: string;
  /** Default: all. */
  readonly names?: readonly string[];
  /** `boundary` waits for the running cell, `now` captures in its middle. */
  readonly mode: 'boundary' | 'now';
  /** Looks at what would be left behind before anything is stored; throws where that may not be. */
  readonly check?: (skipped: readonly ISkippedName[]) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnStateProgress;
}

export interface IRestoreChoice {
  /** Default: all. */
  readonly names?: readonly string[];
  /** The user has seen the code that a foreign snapshot brings. */
  readonly acceptCode?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnStateProgress;
  /** Called after the restore, while cells run, with a sentence that names big arrays: they are damaged, and were taken
   *  out of the namespace (SNAPSHOT_CORRUPT); or they are there, and could not be verified (any other code). */
  readonly onUnsound?: (failure: RuntimeError) => void;
}

/** Keeps the state of kernels as snapshots, and gives it back. */
export interface IStateKeeper {
  /** Capture, check, store and sign; resolves once all of it is on disk.
   *  @throws RuntimeError CAPTURE_FAILED | UNREACHABLE | DISK_FULL | QUOTA_EXCEEDED | CANCELLED | what `check` throws */
  keep(source: IKernelOfRuntime, request: IKeepRequest): Promise<ISnapshotResource>;
  /** @throws RuntimeError SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT | SNAPSHOT_UNTRUSTED | UNREACHABLE | CANCELLED */
  restore(
    target: IKernelOfRuntime,
    snapshotId: string,
    choice: IRestoreChoice
  ): Promise<IRestoreReport>;
  /** @throws RuntimeError SNAPSHOT_NOT_FOUND */
  find(owner: string, snapshotId: string): ISnapshotResource;
  /** The youngest whole state of a runtime. */
  latest(owner: string, runtimeId: string): ISnapshotResource | undefined;
  /** Keep a safety copy for good: what comes after it is not what its owner had. */
  preserve(owner: string, snapshotId: string, name: string): void;
  /** The runtime has no process any more: what was set aside for its next capture goes. */
  letGo(runtimeId: string): void;
}
