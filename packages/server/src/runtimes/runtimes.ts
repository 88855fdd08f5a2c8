/** All runtimes of this service, and what can be done with them. */
import {
  isAllowed,
  END_STATES,
  RuntimeError,
  type IEnvironment,
  type IExecution,
  type ILaunchRequest,
  type IRuntimeResource,
  type RuntimeAction
} from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { freeName, newResource, newRuntimeId } from './newRuntime.js';
import { launch, type ILaunchParts } from './launch.js';
import { LaunchQueue } from './launchQueue.js';
import type {
  IClock,
  IIdempotencyStore,
  IJupyterServer,
  ILaunched,
  ILauncher,
  ILog,
  IRelay,
  IRelays,
  IRuntimeRecord,
  IRuntimeStore
} from './ports.js';
import { Runtime, type ILive } from './runtime.js';
import { watchKernels } from './watchKernels.js';
import { withinTime } from './withinTime.js';

export interface IRuntimesOptions {
  readonly launcher: ILauncher;
  readonly relays: IRelays;
  readonly store: IRuntimeStore;
  readonly idempotency: IIdempotencyStore;
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

export interface IRuntimesListener {
  changed(resource: IRuntimeResource): void;
  removed(id: string): void;
}

export class Runtimes {
  constructor(private readonly _options: IRuntimesOptions) {
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

  /** Told of every change. */
  listen(listener: IRuntimesListener): void {
    this._listeners.push(listener);
  }

  /** Take over what an earlier service of this folder left: living runtimes, half-done launches, orphans. */
  async adopt(): Promise<void> {
    const records = this._options.store.list();
    for (const record of records) {
      if (record.resource.state === 'terminated') {
        this._forget(record.resource.id);
      } else {
        this._add(record);
      }
    }
    const ids = new Set(this._runtimes.keys());
    this._options.relays.removeOthers(ids);
    await this._options.launcher.endOrphans(ids);
    await Promise.all([...this._runtimes.values()].map(runtime => this._adoptOne(runtime)));
  }

  /** Newest last. */
  list(): IRuntimeResource[] {
    return [...this._runtimes.values()].map(runtime => runtime.resource);
  }

  /** @throws RuntimeError NOT_FOUND */
  get(id: string): IRuntimeResource {
    return this._find(id).resource;
  }

  environments(): Promise<IEnvironment[]> {
    return this._options.launcher.listEnvironments();
  }

  /** Ask for a runtime; it starts in the background.
   *  @throws RuntimeError ENVIRONMENT_NOT_FOUND | CONFLICT (the key was used for something else) | INVALID_REQUEST */
  async launch(request: ILaunchRequest, idempotencyKey?: string): Promise<IRuntimeResource> {
    const earlier = idempotencyKey ? this._earlier(idempotencyKey, request) : undefined;
    if (earlier) {
      return earlier;
    }
    const environments = await this.environments();
    const environment = environments.find(candidate => candidate.name === request.environment_name);
    if (!environment) {
      throw new RuntimeError(
        'ENVIRONMENT_NOT_FOUND',
        `There is no environment "${request.environment_name}" on this service: choose one of ${environments.map(each => each.name).join(', ')}.`
      );
    }
    const raced = idempotencyKey ? this._earlier(idempotencyKey, request) : undefined;
    if (raced) {
      return raced;
    }
    const runtime = this._create(request, environment);
    if (idempotencyKey) {
      this._options.idempotency.put(idempotencyKey, runtime.id, JSON.stringify(request));
    }
    const requested = runtime.resource;
    void this._start(runtime, environment);
    return requested;
  }

  /** @throws RuntimeError NOT_FOUND | NOT_RUNNING | UNREACHABLE */
  async interrupt(id: string): Promise<IRuntimeResource> {
    const { runtime, jupyter, kernelId } = this._running(id, 'interrupt');
    await jupyter.interrupt(kernelId);
    return runtime.resource;
  }

  /** @throws RuntimeError NOT_FOUND | NOT_RUNNING | UNREACHABLE */
  async restart(id: string): Promise<IRuntimeResource> {
    const { runtime, jupyter, kernelId, relay } = this._running(id, 'restart');
    runtime.updateKernel('restarting');
    await jupyter.restart(kernelId);
    await withinTime(relay.renudge(), this._options.launchTimeoutMs, runtime.resource.given_name);
    runtime.updateKernel('idle');
    return runtime.resource;
  }

  /** End a runtime; a no-op on what has ended, but a failed one is forgotten.
   *  @throws RuntimeError NOT_FOUND */
  terminate(id: string): IRuntimeResource {
    const runtime = this._find(id);
    if (isAllowed('terminate', runtime.resource.state)) {
      this._track(this._end(runtime, 'terminated', ''));
    }
    return runtime.resource;
  }

  /** @throws RuntimeError NOT_FOUND */
  executions(id: string): IExecution[] {
    return this._find(id).live?.relay?.executions() ?? [];
  }

  /** @throws RuntimeError NOT_FOUND */
  messages(id: string, msgId: string, before: number | undefined): Iterable<Buffer> {
    const relay = this._find(id).live?.relay;
    if (!relay) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${this.get(id).given_name}" has no kernel (any more).`
      );
    }
    return relay.messages(msgId, before);
  }

  /** @throws RuntimeError NOT_FOUND */
  acknowledge(id: string, msgIds: readonly string[]): void {
    this._find(id).live?.relay?.acknowledge(msgIds);
  }

  /** What the ingress needs; undefined where the runtime has no server. */
  route(
    id: string
  ): { launched: ILaunched; relay: IRelay | null; kernelId: string | null } | undefined {
    const runtime = this._runtimes.get(id);
    return runtime?.live
      ? {
          launched: runtime.live.launched,
          relay: runtime.live.relay,
          kernelId: runtime.resource.kernel?.id ?? null
        }
      : undefined;
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
      for (const runtime of this._runtimes.values()) {
        if (
          !END_STATES.includes(runtime.resource.state) &&
          runtime.resource.state !== 'terminating'
        ) {
          this._track(this._end(runtime, 'terminated', ''));
        }
      }
    }
    await Promise.all(this._work);
    this._isClosed = true;
    for (const runtime of this._runtimes.values()) {
      this._watches.get(runtime.id)?.dispose();
      runtime.live?.relay?.close();
    }
    this._timers.forEach(timer => clearTimeout(timer));
  }

  private _find(id: string): Runtime {
    const runtime = this._runtimes.get(id);
    if (!runtime) {
      throw new RuntimeError(
        'NOT_FOUND',
        `There is no runtime ${id} on this service (any more): refresh the list.`
      );
    }
    return runtime;
  }

  private _running(
    id: string,
    action: RuntimeAction
  ): { runtime: Runtime; jupyter: IJupyterServer; relay: IRelay; kernelId: string } {
    const runtime = this._find(id);
    const { resource, live } = runtime;
    if (!isAllowed(action, resource.state) || !live?.relay || !resource.kernel) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${resource.given_name}" is ${resource.state}: only a running one can be ${action}ed.`
      );
    }
    return { runtime, jupyter: live.jupyter, relay: live.relay, kernelId: resource.kernel.id };
  }

  private _earlier(key: string, request: ILaunchRequest): IRuntimeResource | undefined {
    const earlier = this._options.idempotency.find(key);
    if (earlier && earlier.request !== JSON.stringify(request)) {
      throw new RuntimeError(
        'CONFLICT',
        'This Idempotency-Key was used for another request: send a new key with a new request.'
      );
    }
    return earlier ? this._runtimes.get(earlier.runtimeId)?.resource : undefined;
  }

  private _create(request: ILaunchRequest, environment: IEnvironment): Runtime {
    const now = this._options.clock.now();
    const names = new Set(this.list().map(resource => resource.given_name));
    const givenName = request.given_name ?? freeName(environment.title, names);
    const resource = newResource(newRuntimeId(now), givenName, environment, now);
    const runtime = this._add({ resource, handle: null, ended_at: null });
    this._onChanged(runtime);
    return runtime;
  }

  private _add(record: IRuntimeRecord): Runtime {
    const runtime = new Runtime(record, changed => this._onChanged(changed));
    this._runtimes.set(runtime.id, runtime);
    return runtime;
  }

  private async _start(
    runtime: Runtime,
    environment: IEnvironment,
    found?: ILaunched
  ): Promise<void> {
    const leave = await this._queue.enter(runtime.ending.signal, () =>
      runtime.update({
        state: 'queued',
        progress: { percent: 5, message: 'Waiting for other launches…' }
      })
    );
    try {
      runtime.ending.signal.throwIfAborted();
      const live = await launch(runtime, environment, this._parts, found);
      this._watch(runtime, live);
      this._options.log.info({ runtime: runtime.id }, 'A runtime runs.');
    } catch (error) {
      await this._onLaunchFailed(runtime, error);
    } finally {
      leave();
    }
  }

  private async _onLaunchFailed(runtime: Runtime, error: unknown): Promise<void> {
    // A closing service leaves it to the next one; an ending runtime may have got a process only just now.
    if (this._isClosed) {
      return;
    }
    if (runtime.ending.signal.aborted) {
      await this._options.launcher.end(runtime.id, runtime.record.handle);
      return;
    }
    const reason = toRuntimeError(error).message;
    const diagnosis =
      error instanceof RuntimeError && error.code === 'START_FAILED'
        ? await this._options.launcher.diagnose(runtime.resource.environment_name)
        : '';
    this._options.log.warn({ err: error, runtime: runtime.id }, 'A launch failed.');
    await this._end(runtime, 'failed', diagnosis || reason);
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
      await this._end(
        runtime,
        isWanted ? 'failed' : 'terminated',
        isWanted
          ? 'Its process ended while the runtime service was away (or the machine was restarted): launch again.'
          : ''
      );
      return;
    }
    if (resource.state !== 'running' || !resource.kernel) {
      const environments = await this.environments();
      const environment =
        environments.find(candidate => candidate.name === resource.environment_name) ??
        environments[0];
      void this._start(runtime, environment, launched);
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
      if (!this._isClosed && runtime.resource.state === 'running') {
        void this._end(runtime, 'failed', `Its Jupyter Server ended: ${reason}`);
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
            void this._end(
              runtime,
              isWanted ? 'terminated' : 'failed',
              isWanted ? '' : reason.trim()
            );
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

  private async _end(
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
      this._forget(runtime.id);
    } else if (state === 'terminated') {
      this._timers.add(
        setTimeout(() => this._forget(runtime.id), this._options.keepEndedMs).unref()
      );
    }
  }

  private _forget(id: string): void {
    this._runtimes.delete(id);
    this._options.store.remove(id);
    this._listeners.forEach(listener => listener.removed(id));
  }

  private _onChanged(runtime: Runtime): void {
    if (this._isClosed) {
      return;
    }
    try {
      this._options.store.put(runtime.record);
    } catch (error) {
      // A full disk must not end what runs: it is known to this process, and written with the next change.
      this._options.log.error(
        { err: error, runtime: runtime.id },
        "A runtime's record could not be written."
      );
    }
    this._listeners.forEach(listener => listener.changed(runtime.resource));
  }

  private _track(work: Promise<void>): void {
    this._work.add(work);
    void work.finally(() => this._work.delete(work));
  }

  private readonly _runtimes = new Map<string, Runtime>();
  private readonly _listeners: IRuntimesListener[] = [];
  private readonly _watches = new Map<string, ReturnType<typeof watchKernels>>();
  private readonly _queue: LaunchQueue;
  private readonly _parts: ILaunchParts;
  private readonly _work = new Set<Promise<void>>();
  private readonly _timers = new Set<NodeJS.Timeout>();
  private readonly _endedByUser = new Set<string>();
  private _isClosed = false;
}
