/** What happens to a runtime's process: it is launched, watched, put to rest and ended. */
import { END_STATES, isStarting, RuntimeError } from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { started } from './deadlines.js';
import { launch, type ILaunchParts } from './launch.js';
import { LaunchQueue } from './launchQueue.js';
import { gone, startedAgain } from './kernelDeath.js';
import type { EndState } from './lifeRecord.js';
import { listOf, noteUnsound, withoutUnsound } from './loss.js';
import type {
  IJupyterServer,
  ILaunched,
  ILauncher,
  ILaunchPlan,
  ILog,
  IRelay,
  IRelays,
  IStateKeeper,
  ISteadyClock
} from './ports.js';
import { resting, sinceThen, stateOf } from './resting.js';
import type { ILive, Runtime } from './runtime.js';
import type { RuntimeList } from './runtimeList.js';
import { watchKernels, type IKernelsWatch } from './watchKernels.js';

export interface IRuntimeLifeOptions {
  readonly launcher: ILauncher;
  readonly relays: IRelays;
  readonly keeper: IStateKeeper;
  readonly jupyterFor: (launched: ILaunched) => IJupyterServer;
  readonly clock: ISteadyClock;
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
      restore: (runtime, stop) => this._restore(runtime, stop),
      began: runtime => this._began(runtime)
    };
  }

  /** Told when something happens that deadlines depend on. */
  onTouched: (runtime: Runtime) => void = () => undefined;

  /** Launches wait for their turn. */
  get somebodyWaits(): boolean {
    return this._list.all().some(({ resource }) => resource.state === 'queued');
  }

  /** A launch is under way. */
  get isLaunching(): boolean {
    return this._list.all().some(({ resource }) => isStarting(resource.state));
  }

  /** Launch in the background, when it is its turn.
   *  @param found The process that an earlier service started. */
  async start(runtime: Runtime, plan: ILaunchPlan, found?: ILaunched): Promise<void> {
    const leave = await this._queue.enter(runtime.ending.signal, () =>
      runtime.update({
        state: runtime.resource.state === 'resuming' ? 'resuming' : 'queued',
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

  /** Take over a process that an earlier service started. */
  takeOver(runtime: Runtime, launched: ILaunched): void {
    const { kernel } = runtime.resource;
    const live: ILive = { launched, jupyter: this._options.jupyterFor(launched), relay: null };
    runtime.live = live;
    if (kernel) {
      live.relay = this._openRelay(runtime, live, kernel.id, false);
    }
    this._watch(runtime, live);
    this._options.log.info(
      { runtime: runtime.id },
      'A runtime of an earlier service was taken over.'
    );
  }

  /** End a runtime, or forget one that has ended. */
  end(runtime: Runtime, state: EndState, reason: string): void {
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

  /** End its process; its state is kept, and it is paused then. */
  async rest(runtime: Runtime, reason: string): Promise<void> {
    const { keeper, launcher, clock } = this._options;
    this._unwatch(runtime);
    runtime.live?.relay?.rest();
    runtime.live = null;
    await launcher.end(runtime.id, runtime.record.handle);
    keeper.letGo(runtime.id);
    if (runtime.ending.signal.aborted) {
      return;
    }
    const { owner } = runtime.resource;
    const snapshotId = runtime.life.paused_with;
    const snapshot = snapshotId === null ? undefined : keeper.find(owner, snapshotId);
    const { resource, life } = resting(runtime, snapshot, reason, clock.instant());
    runtime.update(resource, { handle: null }, life);
    this._options.log.info({ runtime: runtime.id }, 'A runtime is paused.');
  }

  /** Its process or kernel is gone: paused with the last state that there is, else failed. */
  died(runtime: Runtime, reason: string): void {
    const latest = this._options.keeper.latest(runtime.resource.owner, runtime.id);
    if (!latest) {
      this.end(runtime, 'failed', reason);
      return;
    }
    runtime.update({ state: 'pausing' }, {}, { paused_with: latest.id });
    const told = [stateOf(latest), sinceThen(latest), reason].filter(Boolean).join(' ');
    const work = this.rest(runtime, told).catch((error: unknown) =>
      this._options.log.error({ err: error, runtime: runtime.id }, 'A dead runtime left something.')
    );
    this._work.add(work);
    void work.finally(() => this._work.delete(work));
  }

  /** It goes on running after all; when its process ended meanwhile, that is noticed now. */
  goOn(runtime: Runtime, reason: string): void {
    runtime.update(
      { state: 'running', state_reason: reason, progress: null },
      {},
      { paused_with: null }
    );
    const death = this._deaths.get(runtime.live?.launched ?? NOBODY);
    if (death !== undefined) {
      this.died(runtime, `Its Jupyter Server ended: ${death}`);
    }
    this.onTouched(runtime);
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
    this._timers.forEach(timer => timer.dispose());
  }

  /** Bring back the state that it is to start with. */
  private async _restore(runtime: Runtime, stop: AbortSignal): Promise<void> {
    const { restore } = runtime.life;
    const { kernel } = runtime;
    if (restore === null || !kernel) {
      return;
    }
    runtime.update({
      progress: { percent: 85, message: 'Bringing its variables back…' },
      notes: withoutUnsound(runtime.resource.notes)
    });
    const { skipped } = await this._options.keeper.restore(kernel, restore, {
      signal: stop,
      onProgress: ({ bytes, totalBytes }) => {
        const percent = 85 + (totalBytes > 0 ? Math.floor((14 * bytes) / totalBytes) : 0);
        if (percent !== runtime.resource.progress?.percent) {
          runtime.update({ progress: { percent, message: 'Bringing its variables back…' } });
        }
      },
      onUnsound: noteUnsound(runtime)
    });
    const snapshot = this._options.keeper.find(runtime.resource.owner, restore);
    const notes = runtime.resource.notes.filter(note => !note.startsWith(NOT_BACK));
    // What is to be restored stays on record until it runs: a service that is killed in between begins anew.
    runtime.update({
      snapshot_id: snapshot.id,
      state_as_of: snapshot.created_at,
      notes: skipped.length > 0 ? [...notes, `${NOT_BACK} ${listOf(skipped)}.`] : notes
    });
  }

  private _began(runtime: Runtime): void {
    const { clock } = this._options;
    const now = clock.instant();
    const { kernel, reservation, started_at: startedAt } = runtime.resource;
    const { budget } = runtime.life;
    runtime.update(
      {
        state: 'running',
        state_reason: '',
        progress: null,
        started_at: startedAt ?? clock.now().toISOString(),
        reservation: reservation && { ...reservation, remaining_seconds: null },
        kernel: kernel && { ...kernel, execution_state: 'idle' }
      },
      {},
      {
        budget: budget && started(budget, now),
        active_at: now,
        copied_at: now,
        ran_since_copy: false,
        restore: null
      }
    );
    this.onTouched(runtime);
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
    if (runtime.resource.state === 'resuming') {
      await this.rest(runtime, `It could not be resumed: ${diagnosis || reason}`).catch(
        (left: unknown) =>
          this._options.log.error({ err: left, runtime: runtime.id }, 'A resume left a process.')
      );
      return;
    }
    this.end(runtime, 'failed', diagnosis || reason);
  }

  private _openRelay(runtime: Runtime, live: ILive, kernelId: string, isNew: boolean): IRelay {
    const { address } = live.launched;
    return this._options.relays.open(runtime.id, address, kernelId, isNew, {
      onExecutionState: (state, exitCode) => {
        if (runtime.resource.state === 'running') {
          runtime.updateKernel(state);
        }
        if (state === 'dead') {
          this._exitCodes.set(live, exitCode);
          this.recount(runtime.id);
        } else if (state === 'restarting' || state === 'autorestarting') {
          runtime.kernelDied();
          this._onKernelDied(runtime, live, exitCode);
        }
        this.onTouched(runtime);
      },
      onActivity: () => this._onActivity(runtime),
      onExecutionEnded: () => this.onTouched(runtime),
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

  private _onActivity(runtime: Runtime): void {
    const { clock } = this._options;
    const { grace } = runtime.life;
    runtime.update(
      { last_activity: clock.now().toISOString() },
      {},
      {
        active_at: clock.instant(),
        ran_since_copy: true,
        grace: grace?.cause === 'idle' ? null : grace
      }
    );
    this.onTouched(runtime);
  }

  /** Notice the end of the process, the end of the kernel, and kernels of others. */
  private _watch(runtime: Runtime, live: ILive): void {
    void live.launched.ended.then(reason => {
      this._deaths.set(live.launched, reason);
      if (!this._list.isClosed && runtime.live === live && runtime.resource.state === 'running') {
        this.died(runtime, `Its Jupyter Server ended: ${reason}`);
      }
    });
    this._watches.set(
      runtime.id,
      watchKernels(live.jupyter, this._options, {
        kernels: kernels => {
          const shown = kernels.some(kernel => kernel.id === runtime.resource.kernel?.id);
          const others = kernels.length - (shown ? 1 : 0);
          if (!shown && runtime.resource.state === 'running') {
            this._onKernelGone(runtime, live);
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

  /** Jupyter Server has started a kernel that died again: its variables are gone, and the last copy must not go too. */
  private _onKernelDied(runtime: Runtime, live: ILive, exitCode: number | undefined): void {
    const { resource } = runtime;
    if (resource.state !== 'running' && resource.state !== 'pausing') {
      return;
    }
    const { keeper } = this._options;
    const latest = keeper.latest(resource.owner, runtime.id);
    if (latest?.kind === 'safety') {
      keeper.preserve(resource.owner, latest.id, `Before the kernel died: ${resource.given_name}`);
    }
    const reason = startedAgain(live.launched.kernelEnd(exitCode), latest);
    this._options.log.warn({ runtime: runtime.id, exitCode, reason }, 'A kernel ended by itself.');
    runtime.update({ state_reason: reason });
  }

  private _onKernelGone(runtime: Runtime, live: ILive): void {
    if (this._endedByUser.has(runtime.id)) {
      this.end(runtime, 'terminated', '');
    } else {
      this.died(runtime, gone(live.launched.kernelEnd(this._exitCodes.get(live))));
    }
  }

  private _unwatch(runtime: Runtime): void {
    this._watches.get(runtime.id)?.dispose();
    this._watches.delete(runtime.id);
  }

  private async _endNow(runtime: Runtime, state: EndState, reason: string): Promise<void> {
    if (runtime.resource.state === 'terminating' && runtime.ending.signal.aborted) {
      return;
    }
    const hadEnded = END_STATES.includes(runtime.resource.state);
    runtime.ending.abort();
    if (!hadEnded) {
      runtime.update(
        { state: 'terminating', state_reason: reason, progress: null, warning: null },
        {},
        { ends_as: state, grace: null }
      );
      this._unwatch(runtime);
      runtime.live?.relay?.remove();
      runtime.live = null;
      this._options.relays.removeFiles(runtime.id);
      await this._options.launcher.end(runtime.id, runtime.record.handle);
      this._options.keeper.letGo(runtime.id);
      runtime.update(
        {
          state,
          state_reason: reason,
          progress: null,
          warning: null,
          kernel: null,
          other_kernels: 0
        },
        { ended_at: this._options.clock.now().toISOString() }
      );
      this._options.log.info({ runtime: runtime.id, state, reason }, 'A runtime ended.');
    }
    if (hadEnded) {
      this._list.forget(runtime.id);
    } else if (state === 'terminated') {
      this._timers.add(
        this._options.clock.after(this._options.keepEndedMs, () => this._list.forget(runtime.id))
      );
    }
  }

  private readonly _watches = new Map<string, IKernelsWatch>();
  private readonly _deaths = new WeakMap<object, string>();
  /** Of kernels that could not be started again. */
  private readonly _exitCodes = new WeakMap<ILive, number | undefined>();
  private readonly _queue: LaunchQueue;
  private readonly _parts: ILaunchParts;
  private readonly _work = new Set<Promise<void>>();
  private readonly _timers = new Set<{ dispose(): void }>();
  private readonly _endedByUser = new Set<string>();
}

/** What could not be brought back, as a note begins. */
const NOT_BACK = 'Not brought back:';
/** A runtime without a process has no death of it. */
const NOBODY = {};
