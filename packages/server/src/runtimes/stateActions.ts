/** Pause, resume, snapshot, restore: what is done with a runtime's state. */
import {
  isAllowed,
  RuntimeError,
  type IRestoreReport,
  type ISnapshotResource,
  type RuntimeAction
} from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { leftMs } from './deadlines.js';
import { noteUnsound, refuseLoss } from './loss.js';
import type { Once } from './mark.js';
import { planOf } from './newRuntime.js';
import type {
  IKeepRequest,
  IKernelOfRuntime,
  ILauncher,
  ILog,
  IRestoreChoice,
  IStateKeeper,
  ISteadyClock
} from './ports.js';
import type { Runtime } from './runtime.js';
import type { RuntimeLife } from './runtimeLife.js';

export interface IPauseChoice {
  /** Names that may stay behind. */
  readonly leave?: readonly string[];
  /** Whatever can't be carried may stay behind. */
  readonly leaveAll?: boolean;
  /** The request that asks for it: it counts as done from when the pause is finished whatever happens. */
  readonly once?: Once | undefined;
  /** Why it is paused, when its owner did not ask for it. */
  readonly reason?: string;
  readonly signal?: AbortSignal;
}

export interface ICopyOptions {
  /** Default: `boundary`. */
  readonly mode?: 'boundary' | 'now';
  readonly signal?: AbortSignal;
}

export interface IStateActionsOptions {
  readonly life: RuntimeLife;
  readonly launcher: ILauncher;
  readonly keeper: IStateKeeper;
  readonly clock: ISteadyClock;
  readonly log: ILog;
}

const KEEPING = 'Keeping its variables…';
/** How a failed safety copy is told. */
const NO_COPY = 'No safety copy could be made:';

export class StateActions {
  constructor(private readonly _options: IStateActionsOptions) {}

  /**
   * Capture the state, see it stored and verified, then end the process.
   *
   * | from     | result |
   * |----------|--------|
   * | running  | paused; on a failure it goes on running |
   * | pausing  | joins the pause that is under way |
   * | paused   | no-op |
   * | others   | NOT_RUNNING |
   *
   * @throws RuntimeError NOT_RUNNING | STATE_NOT_CARRIED | CAPTURE_FAILED | DISK_FULL | QUOTA_EXCEEDED | UNREACHABLE
   */
  async pause(runtime: Runtime, choice: IPauseChoice = {}): Promise<void> {
    const underWay = this._pauses.get(runtime.id);
    if (underWay) {
      return underWay;
    }
    if (runtime.resource.state === 'paused') {
      return;
    }
    const kernel = kernelOf(runtime, 'pause', 'paused');
    const work = this._pauseNow(runtime, kernel, choice);
    this._pauses.set(runtime.id, work);
    try {
      await work;
    } finally {
      this._pauses.delete(runtime.id);
    }
  }

  /**
   * A new process with the same id, name, settings and state; it starts in the background.
   *
   * | from              | result |
   * |-------------------|--------|
   * | paused            | resuming, then running; paused again when that fails |
   * | starting, resuming, running | no-op |
   * | others            | NOT_RUNNING |
   *
   * @throws RuntimeError NOT_RUNNING | ENVIRONMENT_NOT_FOUND | INVALID_REQUEST (no time is left)
   */
  async resume(runtime: Runtime, once?: Once): Promise<void> {
    const { resource } = runtime;
    if (GOING.has(resource.state)) {
      return;
    }
    if (!isAllowed('resume', resource.state)) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${resource.given_name}" is ${resource.state}: only a paused one can be resumed.`
      );
    }
    if (resource.reservation?.remaining_seconds === 0) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        `"${resource.given_name}" has no time left: extend it, then resume it. Its variables are kept.`
      );
    }
    const environments = await this._options.launcher.listEnvironments(resource.owner);
    const environment = environments.find(({ name }) => name === resource.environment_name);
    if (!environment) {
      throw new RuntimeError(
        'ENVIRONMENT_NOT_FOUND',
        `The environment "${resource.environment_title}" of "${resource.given_name}" is not there any more: add it again, or launch a runtime of another one from its snapshot.`
      );
    }
    if (runtime.resource.state !== 'paused') {
      return;
    }
    runtime.update(
      {
        state: 'resuming',
        state_reason: '',
        progress: { percent: 0, message: 'Resuming…' }
      },
      {},
      { restore: runtime.resource.snapshot_id, copied_at: null },
      once
    );
    void this._options.life.start(runtime, planOf(runtime.resource, environment, runtime.life.env));
  }

  /** Keep the state, and go on.
   *  @throws RuntimeError NOT_RUNNING | CAPTURE_FAILED | DISK_FULL | QUOTA_EXCEEDED | UNREACHABLE */
  async snapshot(
    runtime: Runtime,
    request: Pick<IKeepRequest, 'name' | 'description' | 'names' | 'signal'>
  ): Promise<ISnapshotResource> {
    const kernel = kernelOf(runtime, 'snapshot', 'captured');
    const signal = anyOf(runtime.ending.signal, request.signal);
    const snapshot = await this._options.keeper.keep(kernel, {
      ...request,
      signal,
      kind: 'manual',
      mode: 'boundary'
    });
    if (!request.names) {
      runtime.update({ snapshot_id: snapshot.id, state_as_of: snapshot.created_at });
    }
    return snapshot;
  }

  /** Load a snapshot into a running runtime.
   *  @throws RuntimeError NOT_RUNNING | SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT | SNAPSHOT_UNTRUSTED | UNREACHABLE */
  async restore(
    runtime: Runtime,
    snapshotId: string,
    choice: IRestoreChoice
  ): Promise<IRestoreReport> {
    const kernel = kernelOf(runtime, 'restore', 'given a state');
    const signal = anyOf(runtime.ending.signal, choice.signal);
    const report = await this._options.keeper.restore(kernel, snapshotId, {
      ...choice,
      signal,
      onUnsound: noteUnsound(runtime)
    });
    runtime.updateLife({ ran_since_copy: true });
    return report;
  }

  /** A copy for the case that the machine or the process is lost; a failure is told, and nothing else happens. */
  async copy(runtime: Runtime, options: ICopyOptions = {}): Promise<void> {
    const { keeper, clock, log } = this._options;
    const { kernel } = runtime;
    if (!kernel || this._copies.has(runtime.id)) {
      return;
    }
    const stop = new AbortController();
    this._copies.set(runtime.id, stop);
    runtime.updateLife({ ran_since_copy: false, copied_at: clock.instant() });
    try {
      const signal = anyOf(anyOf(runtime.ending.signal, stop.signal), options.signal);
      const { mode = 'boundary' } = options;
      const snapshot = await keeper.keep(kernel, { kind: 'safety', mode, signal });
      const { state_reason: reason } = runtime.resource;
      runtime.update({
        snapshot_id: snapshot.id,
        state_as_of: snapshot.created_at,
        ...(reason.startsWith(NO_COPY) ? { state_reason: '' } : {})
      });
    } catch (error) {
      runtime.updateLife({ ran_since_copy: true });
      // That its kernel died is told with the runtime already.
      if (!stop.signal.aborted && runtime.resource.state === 'running' && kernel.isIt()) {
        log.warn({ err: error, runtime: runtime.id }, 'A safety copy could not be made.');
        runtime.update({ state_reason: `${NO_COPY} ${toRuntimeError(error).message}` });
      }
    } finally {
      this._copies.delete(runtime.id);
    }
  }

  private async _pauseNow(
    runtime: Runtime,
    kernel: IKernelOfRuntime,
    choice: IPauseChoice
  ): Promise<void> {
    const { keeper, life, log } = this._options;
    const { given_name: givenName } = runtime.resource;
    this._copies.get(runtime.id)?.abort();
    runtime.update({
      state: 'pausing',
      state_reason: '',
      warning: null,
      progress: {
        percent: 0,
        message: runtime.isExecuting ? 'Waiting for the running cell…' : KEEPING
      }
    });
    const late = this._atTheEnd(runtime);
    try {
      const snapshot = await keeper.keep(kernel, {
        kind: 'pause',
        mode: 'boundary',
        signal: anyOf(anyOf(runtime.ending.signal, late.signal), choice.signal),
        onProgress: ({ bytes, totalBytes }) => {
          const percent = totalBytes > 0 ? Math.floor((90 * bytes) / totalBytes) : 0;
          if (percent !== runtime.resource.progress?.percent) {
            runtime.update({ progress: { percent, message: KEEPING } });
          }
        },
        ...(choice.leaveAll ? {} : { check: refuseLoss(givenName, new Set(choice.leave ?? [])) })
      });
      runtime.ending.signal.throwIfAborted();
      // From here on the pause is finished whatever happens: the state is on disk, and this says so.
      runtime.update(
        {
          state_reason: choice.reason ?? '',
          progress: { percent: 95, message: 'Ending its process…' }
        },
        {},
        { paused_with: snapshot.id },
        choice.once
      );
    } catch (error) {
      if (runtime.ending.signal.aborted) {
        throw new RuntimeError(
          'NOT_RUNNING',
          `"${givenName}" was ended while it was being paused.`,
          {
            cause: error
          }
        );
      }
      const failure = toRuntimeError(error);
      log.warn({ err: error, runtime: runtime.id }, 'A pause failed: the runtime goes on.');
      // That its kernel died says more than that it does not answer.
      const why = kernel.isIt() ? failure.message : runtime.resource.state_reason;
      life.goOn(runtime, `It could not be paused, and runs on: ${why}`);
      throw failure;
    } finally {
      late.dispose();
    }
    await life.rest(runtime, choice.reason ?? '');
  }

  /** A pause that waits for a cell does not wait longer than the runtime's time: then what is due at its end is done. */
  private _atTheEnd(runtime: Runtime): { signal: AbortSignal; dispose(): void } {
    const { clock } = this._options;
    const { budget } = runtime.life;
    const end = new AbortController();
    if (!budget || !runtime.isExecuting) {
      return { signal: end.signal, dispose: () => undefined };
    }
    const timer = clock.after(Math.max(0, leftMs(budget, clock.instant())), () => end.abort());
    return { signal: end.signal, dispose: () => timer.dispose() };
  }

  private readonly _pauses = new Map<string, Promise<void>>();
  private readonly _copies = new Map<string, AbortController>();
}

const GOING: ReadonlySet<string> = new Set([
  'requested',
  'queued',
  'starting',
  'resuming',
  'running'
]);

/** @throws RuntimeError NOT_RUNNING */
export function kernelOf(
  runtime: Runtime,
  action: RuntimeAction | 'restore',
  word: string
): IKernelOfRuntime {
  const { resource, kernel } = runtime;
  if (!isAllowed(action === 'restore' ? 'snapshot' : action, resource.state) || !kernel) {
    throw new RuntimeError(
      'NOT_RUNNING',
      `The runtime "${resource.given_name}" is ${resource.state}: only a running one can be ${word}.`
    );
  }
  return kernel;
}

const anyOf = (signal: AbortSignal, other: AbortSignal | undefined): AbortSignal =>
  other ? AbortSignal.any([signal, other]) : signal;
