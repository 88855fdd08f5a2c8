/** What happens to runtimes by itself: launches, what an earlier service left, the end of processes and kernels. */
import { END_STATES, RuntimeError } from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { launch, type ILaunchParts } from './launch.js';
import { LaunchQueue } from './launchQueue.js';
import { planOf } from './newRuntime.js';
import type {
  IClock,
  IJupyterServer,
  ILaunched,
  ILauncher,
  ILaunchPlan,
  ILog,
  IRelay,
  IRelays
} from './ports.js';
import type { ILive, Runtime } from './runtime.js';
import type { RuntimeList } from './runtimeList.js';
import { watchKernels, type IKernelsWatch } from './watchKernels.js';

export interface IRuntimeLifeOptions {
  readonly launcher: ILauncher;
  readonly relays: IRelays;
  readonly jupyterFor: (launched: ILaunched) => IJupyterServer;
  readonly clock: IClock;
  readonly log: ILog;
  /** A launch takes at most, milliseconds. */
  readonly launchTimeoutMs: number;
  /** Launches at the same time; others wait as `queued`. */
  readonly launchLimit: number;
  /** A runtime that ended is listed for so long, milliseconds; a failed one until it is removed. */
  readonly keepEndedMs: number;
  /** How often other kernels are counted, milliseconds. */
  readonly pollMs: number;
}

export class RuntimeLife {
  constructor(
    private readonly _list: RuntimeList,
    private readonly _options: IRuntimeLifeOptions
  ) {
    this._queue = new LaunchQueue(_options.launchLimit);
    this._parts = {
      launcher: _options.launcher,
      jupyterFor: _options.jupyterFor,
      openRelay: (runtime, live, kernelId, isNew) =>
        this._openRelay(runtime, live, kernelId, isNew),
      timeoutMs: _options.launchTimeoutMs,
      now: () => _options.clock.now()
    };
  }

  /** Take over what an earlier service of this folder left: living runtimes, half-done launches, orphans. */
  async adopt(): Promise<void> {
    const records = this._list.records();
    records.forEach(record => this._list.add(record));
    records
      .filter(({ resource }) => resource.state === 'terminated')
      .forEach(({ resource }) => this._list.forget(resource.id));
    const ids = new Set(this._list.all().map(({ id }) => id));
    this._options.relays.removeOthers(ids);
    await this._options.launcher.endOrphans(ids);
    await Promise.all(this._list.all().map(runtime => this._adoptOne(runtime)));
  }

  /** Launch in the background, when it is its turn.
   *  @param found The process that an earlier service started. */
  async start(runtime: Runtime, plan: ILaunchPlan, found?: ILaunched): Promise<void> {
    const leave = await this._queue.enter(runtime.ending.signal, () =>
      runtime.update({
        state: 'queued',
        progress: { percent: 5, message: 'Waiting for other launches…' }
      })
    );
    try {
      runtime.ending.signal.throwIfAborted();
      const live = await launch(runtime, plan, this._parts, found);
      this._watch(runtime, live);
      this._options.log.info({ runtime: runtime.id }, 'A runtime runs.');
    } catch (error) {
      await this._onLaunchFailed(runtime, error);
    } finally {
      leave();
    }
  }

  /** End a runtime, or forget one that failed. */
  end(runtime: Runtime, state: 'terminated' | 'failed', reason: string): void {
    const work = this._endNow(runtime, state, reason).catch((error: unknown) => {
      this._options.log.error({ err: error, runtime: runtime.id }, 'A runtime could not be ended.');
      runtime.update({
        state: 'failed',
        state_reason: `It could not be ended: ${toRuntimeError(error).message}`
      });
    });
    this._work.add(work);
    void work.finally(() => this._work.delete(work));
  }

  /** Count kernels again: something was started or ended through the ingress.
   *  @param wasEnded Somebody ended a kernel: when it is the one that Lab shows, that is no failure. */
  recount(id: string, wasEnded = false): void {
    if (wasEnded) {
      this._endedByUser.add(id);
    }
    this._watches.get(id)?.now();
  }

  /** End what is alive, or let go of it for the next service. */
  async close(what: 'keep' | 'terminate'): Promise<void> {
    if (what === 'terminate') {
      this._list
        .all()
        .filter(({ resource }) => !END_STATES.includes(resource.state))
        .forEach(runtime => this.end(runtime, 'terminated', ''));
    }
    await Promise.all(this._work);
    this._list.close();
    for (const runtime of this._list.all()) {
      this._watches.get(runtime.id)?.dispose();
      runtime.live?.relay?.close();
    }
    this._timers.forEach(timer => clearTimeout(timer));
  }

  private async _onLaunchFailed(runtime: Runtime, error: unknown): Promise<void> {
    // A closing service leaves it to the next one; an ending runtime may have got a process only just now.
    if (this._list.isClosed) {
      return;
    }
    if (runtime.ending.signal.aborted) {
      await this._options.launcher
        .end(runtime.id, runtime.record.handle)
        .catch((reason: unknown) =>
          this._options.log.error({ err: reason, runtime: runtime.id }, 'A launch left a process.')
        );
      return;
    }
    const reason = toRuntimeError(error).message;
    const diagnosis =
      error instanceof RuntimeError && error.code === 'START_FAILED'
        ? await this._options.launcher.diagnose(
            runtime.resource.environment_name,
            runtime.resource.owner
          )
        : '';
    this._options.log.warn({ err: error, runtime: runtime.id }, 'A launch failed.');
    this.end(runtime, 'failed', diagnosis || reason);
  }

  private async _adoptOne(runtime: Runtime): Promise<void> {
    const { resource, handle } = runtime.record;
    if (END_STATES.includes(resource.state)) {
      return;
    }
    const launched =
      resource.state === 'terminating'
        ? undefined
        : await this._options.launcher.adopt(runtime.id, handle);
    if (!launched) {
      const isWanted = resource.state !== 'terminating';
      this.end(
        runtime,
        isWanted ? 'failed' : 'terminated',
        isWanted
          ? 'Its process ended while the runtime service was away (or the machine was restarted): launch again.'
          : ''
      );
      return;
    }
    if (resource.state !== 'running' || !resource.kernel) {
      const environments = await this._options.launcher.listEnvironments(resource.owner);
      const environment =
        environments.find(candidate => candidate.name === resource.environment_name) ??
        environments[0];
      void this.start(runtime, planOf(resource, environment), launched);
      return;
    }
    const live: ILive = { launched, jupyter: this._options.jupyterFor(launched), relay: null };
    runtime.live = live;
    live.relay = this._openRelay(runtime, live, resource.kernel.id, false);
    this._watch(runtime, live);
    this._options.log.info(
      { runtime: runtime.id },
      'A runtime of an earlier service was taken over.'
    );
  }

  private _openRelay(runtime: Runtime, live: ILive, kernelId: string, isNew: boolean): IRelay {
    const { address } = live.launched;
    return this._options.relays.open(runtime.id, address, kernelId, isNew, {
      onExecutionState: state => {
        if (runtime.resource.state === 'running') {
          runtime.updateKernel(state);
        }
        if (state === 'dead') {
          this.recount(runtime.id);
        }
      },
      onActivity: () => runtime.update({ last_activity: this._options.clock.now().toISOString() }),
      onUpstreamLost: () => this.recount(runtime.id),
      onRefused: () => this.recount(runtime.id),
      onJournalFailed: error => {
        this._options.log.error(
          { err: error, runtime: runtime.id },
          "A runtime's output can't be kept on disk."
        );
        runtime.update({
          state_reason: `Its output can't be kept, so that it is lost when the connection is: ${toRuntimeError(error).message}`
        });
      },
      onJournalWritten: () => runtime.update({ state_reason: '' })
    });
  }

  /** Notice the end of the process, the end of the kernel, and kernels of others. */
  private _watch(runtime: Runtime, live: ILive): void {
    void live.launched.ended.then(reason => {
      if (!this._list.isClosed && runtime.resource.state === 'running') {
        this.end(runtime, 'failed', `Its Jupyter Server ended: ${reason}`);
      }
    });
    this._watches.set(
      runtime.id,
      watchKernels(live.jupyter, this._options.pollMs, {
        kernels: kernels => {
          const shown = kernels.some(kernel => kernel.id === runtime.resource.kernel?.id);
          const others = kernels.length - (shown ? 1 : 0);
          if (!shown && runtime.resource.state === 'running') {
            const reason = `Its kernel ended, and could not be started again: launch a new runtime. ${live.launched.logTail()}`;
            const isWanted = this._endedByUser.has(runtime.id);
            this.end(runtime, isWanted ? 'terminated' : 'failed', isWanted ? '' : reason.trim());
          } else if (others !== runtime.resource.other_kernels) {
            runtime.update({ other_kernels: others });
          }
          this._endedByUser.delete(runtime.id);
        },
        failed: error =>
          this._options.log.debug(
            { err: error, runtime: runtime.id },
            'Kernels could not be counted.'
          )
      })
    );
  }

  private async _endNow(
    runtime: Runtime,
    state: 'terminated' | 'failed',
    reason: string
  ): Promise<void> {
    if (runtime.resource.state === 'terminating' && runtime.ending.signal.aborted) {
      return;
    }
    const wasFailed = runtime.resource.state === 'failed';
    runtime.ending.abort();
    this._watches.get(runtime.id)?.dispose();
    this._watches.delete(runtime.id);
    if (!wasFailed) {
      runtime.update({ state: 'terminating', state_reason: reason, progress: null });
      runtime.live?.relay?.remove();
      runtime.live = null;
      this._options.relays.removeFiles(runtime.id);
      await this._options.launcher.end(runtime.id, runtime.record.handle);
    }
    runtime.update(
      { state, state_reason: reason, progress: null, kernel: null, other_kernels: 0 },
      { ended_at: this._options.clock.now().toISOString() }
    );
    this._options.log.info({ runtime: runtime.id, state, reason }, 'A runtime ended.');
    if (wasFailed) {
      this._list.forget(runtime.id);
    } else if (state === 'terminated') {
      this._timers.add(
        setTimeout(() => this._list.forget(runtime.id), this._options.keepEndedMs).unref()
      );
    }
  }

  private readonly _watches = new Map<string, IKernelsWatch>();
  private readonly _queue: LaunchQueue;
  private readonly _parts: ILaunchParts;
  private readonly _work = new Set<Promise<void>>();
  private readonly _timers = new Set<NodeJS.Timeout>();
  private readonly _endedByUser = new Set<string>();
}
