/** What can be done with the runtimes of this service. */
import {
  isAllowed,
  RuntimeError,
  type IEnvironment,
  type IExecution,
  type ILaunchRequest,
  type IRuntimeChange,
  type IRuntimeResource,
  type RuntimeAction
} from '@jupyterlab-runtimes/core';
import { givenName } from '@jupyterlab-runtimes/core/environment';

import { extend } from './endOfTime.js';
import { changedIdle, idlePolicy } from './idle.js';
import { NO_LIFE } from './lifeRecord.js';
import { onceOf, type Once } from './mark.js';
import { newResource, newRuntimeId, planFor } from './newRuntime.js';
import type {
  IJupyterServer,
  ILaunched,
  ILauncher,
  ILaunchPlan,
  IRelay,
  IRelays,
  IStateKeeper,
  ISteadyClock
} from './ports.js';
import { MINUTE_MS, reserve, type IReservationRules, offeredTimes } from './reservation.js';
import type { Runtime } from './runtime.js';
import type { RuntimeLife } from './runtimeLife.js';
import type { RuntimeList } from './runtimeList.js';
import type { IPauseChoice, StateActions } from './stateActions.js';
import type { ISpare, WarmPool } from './warmPool.js';
import { withinTime } from './withinTime.js';

/** A pause that takes longer is answered before it is over, milliseconds: clients wait for an answer only so long. */
const LONG_PAUSE_MS = 10_000;
/** What a launch from the warm pool takes at most before it is answered, milliseconds. */
const MOMENT_MS = 250;

export interface IRuntimesOptions {
  readonly list: RuntimeList;
  readonly life: RuntimeLife;
  readonly launcher: ILauncher;
  readonly clock: ISteadyClock;
  readonly actions: StateActions;
  readonly keeper: IStateKeeper;
  readonly relays: IRelays;
  readonly reservations: IReservationRules;
  /** A restarted kernel answers within this time, milliseconds. */
  readonly restartTimeoutMs: number;
  /** Spares for launches; default: none. */
  readonly pool?: WarmPool;
}

/** Every call names the owner in whose name it is: what belongs to another is NOT_FOUND, as if it were not there. */
export class Runtimes {
  constructor(private readonly _options: IRuntimesOptions) {}

  /** By id, which is by age. */
  list(owner: string): IRuntimeResource[] {
    return this._options.list.of(owner).map(runtime => runtime.resource);
  }

  /** @throws RuntimeError NOT_FOUND */
  get(owner: string, id: string): IRuntimeResource {
    return this._options.list.find(owner, id).resource;
  }

  /** With the operator's times, where an environment has none of its own: who launches sees what applies. */
  async environments(owner: string): Promise<IEnvironment[]> {
    const { launcher, reservations } = this._options;
    return (await launcher.listEnvironments(owner)).map(environment => ({
      ...environment,
      reservation: offeredTimes(environment, reservations)
    }));
  }

  /** Ask for a runtime; it starts in the background.
   *  @throws RuntimeError ENVIRONMENT_NOT_FOUND | CONFLICT (the key was used for something else) | INVALID_REQUEST */
  async launch(
    owner: string,
    request: ILaunchRequest,
    idempotencyKey?: string
  ): Promise<IRuntimeResource> {
    const once = onceOf(owner, idempotencyKey, 'launch', request);
    const earlier = this._earlier(once);
    if (earlier) {
      return earlier;
    }
    const environments = await this.environments(owner);
    const environment = environments.find(candidate => candidate.name === request.environment_name);
    if (!environment) {
      throw new RuntimeError(
        'ENVIRONMENT_NOT_FOUND',
        `There is no environment "${request.environment_name}" on this service: choose one of ${environments.map(each => each.name).join(', ')}.`
      );
    }
    const plan = planFor(owner, request, environment);
    const fingerprint = await this._options.pool?.fingerprint(plan);
    const raced = this._earlier(once);
    if (raced) {
      return raced;
    }
    if (request.snapshot_id !== undefined) {
      this._options.keeper.find(owner, request.snapshot_id);
    }
    const spare =
      fingerprint === undefined ? undefined : this._options.pool?.take(plan, fingerprint);
    const runtime = this._create(owner, request, plan, spare, once);
    const requested = runtime.resource;
    const started = this._options.life.start(runtime, plan, spare?.launched);
    if (fingerprint !== undefined) {
      this._options.pool?.expect(plan, fingerprint);
    }
    if (spare === undefined) {
      return requested;
    }
    // What was kept ready runs within a moment: who waits for it need not ask again.
    await this._atMost(MOMENT_MS, started);
    return runtime.resource;
  }

  /** @throws RuntimeError NOT_FOUND | NOT_RUNNING | UNREACHABLE */
  async interrupt(owner: string, id: string): Promise<IRuntimeResource> {
    const { runtime, jupyter, kernelId } = this._running(owner, id, 'interrupt');
    await jupyter.interrupt(kernelId);
    return runtime.resource;
  }

  /** @throws RuntimeError NOT_FOUND | NOT_RUNNING | UNREACHABLE */
  async restart(owner: string, id: string): Promise<IRuntimeResource> {
    const { runtime, jupyter, kernelId, relay } = this._running(owner, id, 'restart');
    // What was said of the kernel before it is said of another one.
    runtime.update({ state_reason: '' });
    runtime.updateKernel('restarting');
    await jupyter.restart(kernelId);
    await withinTime(relay.renudge(), this._options.restartTimeoutMs, runtime.resource.given_name);
    runtime.updateKernel('idle');
    return runtime.resource;
  }

  /** More time for a runtime; a no-op on one without a limit.
   *  @throws RuntimeError NOT_FOUND | NOT_RUNNING (it has ended) | INVALID_REQUEST (more than the maximum) */
  extend(owner: string, id: string, minutes: number, idempotencyKey?: string): IRuntimeResource {
    const once = onceOf(owner, idempotencyKey, 'extend', id, minutes);
    const earlier = this._earlier(once);
    if (earlier) {
      return earlier;
    }
    const runtime = this._options.list.find(owner, id);
    this._check(runtime, 'extend', 'extended');
    extend(runtime, minutes, once);
    this._options.life.onTouched(runtime);
    return runtime.resource;
  }

  /** Keep its state and end its process; resolves when that is done, or goes on for long: then it is `pausing`.
   *  @see StateActions.pause */
  async pause(
    owner: string,
    id: string,
    choice: IPauseChoice = {},
    idempotencyKey?: string
  ): Promise<IRuntimeResource> {
    const once = onceOf(owner, idempotencyKey, 'pause', id, choice);
    const earlier = this._earlier(once);
    if (earlier) {
      return earlier;
    }
    const runtime = this._options.list.find(owner, id);
    const work = this._options.actions.pause(runtime, { ...choice, once });
    // Who does not wait any more reads of a failure in `state_reason`.
    work.catch(() => undefined);
    await this._atMost(LONG_PAUSE_MS, work);
    return runtime.resource;
  }

  /** Start it again with its state; resolves when that has begun.
   *  @see StateActions.resume */
  async resume(owner: string, id: string, idempotencyKey?: string): Promise<IRuntimeResource> {
    const once = onceOf(owner, idempotencyKey, 'resume', id);
    const earlier = this._earlier(once);
    if (earlier) {
      return earlier;
    }
    const runtime = this._options.list.find(owner, id);
    await this._options.actions.resume(runtime, once);
    return runtime.resource;
  }

  /** Another name, or other rules for its end.
   *  @throws RuntimeError NOT_FOUND | NOT_RUNNING (it has ended) */
  change(owner: string, id: string, change: IRuntimeChange): IRuntimeResource {
    const runtime = this._options.list.find(owner, id);
    this._check(runtime, 'extend', 'changed');
    const { reservation, idle, given_name: givenName } = runtime.resource;
    const { grace } = runtime.life;
    // Another idle time is a new rule: grace that the old one gave is over, and what the new one says is due now.
    const isIdleAnew = change.idle_timeout_seconds !== undefined && grace?.cause === 'idle';
    runtime.update(
      {
        given_name: change.given_name ?? givenName,
        reservation: reservation && {
          ...reservation,
          on_expiry: change.on_expiry ?? reservation.on_expiry,
          extends_itself:
            (change.extends_itself ?? reservation.extends_itself) &&
            this._options.reservations.maySelfExtend
        },
        idle: changedIdle(idle, change)
      },
      {},
      { grace: isIdleAnew ? null : grace }
    );
    this._options.life.onTouched(runtime);
    return runtime.resource;
  }

  /** End a runtime; a no-op on what has ended, but a failed one is forgotten.
   *  @throws RuntimeError NOT_FOUND */
  terminate(owner: string, id: string): IRuntimeResource {
    const runtime = this._options.list.find(owner, id);
    if (isAllowed('terminate', runtime.resource.state)) {
      this._options.life.end(runtime, 'terminated', '');
    }
    return runtime.resource;
  }

  /** @throws RuntimeError NOT_FOUND */
  executions(owner: string, id: string): IExecution[] {
    const runtime = this._options.list.find(owner, id);
    return runtime.live?.relay?.executions() ?? this._options.relays.executions(runtime.id);
  }

  /** @throws RuntimeError NOT_FOUND */
  messages(owner: string, id: string, msgId: string, before: number | undefined): Iterable<Buffer> {
    const relay = this._options.list.find(owner, id).live?.relay;
    return relay ? relay.messages(msgId, before) : this._options.relays.messages(id, msgId, before);
  }

  /** @throws RuntimeError NOT_FOUND */
  acknowledge(owner: string, id: string, msgIds: readonly string[]): void {
    const relay = this._options.list.find(owner, id).live?.relay;
    if (relay) {
      relay.acknowledge(msgIds);
    } else {
      this._options.relays.acknowledge(id, msgIds);
    }
  }

  /** What the ingress needs; undefined where the runtime has no server.
   *  @throws RuntimeError NOT_FOUND */
  route(
    owner: string,
    id: string
  ): { launched: ILaunched; relay: IRelay | null; kernelId: string | null } | undefined {
    const runtime = this._options.list.find(owner, id);
    return runtime.live
      ? {
          launched: runtime.live.launched,
          relay: runtime.live.relay,
          kernelId: runtime.resource.kernel?.id ?? null
        }
      : undefined;
  }

  private _running(
    owner: string,
    id: string,
    action: RuntimeAction
  ): { runtime: Runtime; jupyter: IJupyterServer; relay: IRelay; kernelId: string } {
    const runtime = this._options.list.find(owner, id);
    const { resource, live } = runtime;
    if (!isAllowed(action, resource.state) || !live?.relay || !resource.kernel) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${resource.given_name}" is ${resource.state}: only a running one can be ${action}ed.`
      );
    }
    return { runtime, jupyter: live.jupyter, relay: live.relay, kernelId: resource.kernel.id };
  }

  private _check(runtime: Runtime, action: RuntimeAction, word: string): void {
    const { given_name: givenName, state } = runtime.resource;
    if (!isAllowed(action, state)) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${givenName}" is ${state}: it can't be ${word} any more.`
      );
    }
  }

  /** The runtime of a request that was done already. */
  private _earlier(once: Once | undefined): IRuntimeResource | undefined {
    const earlier = once && this._options.list.marked(once.key);
    if (!earlier) {
      return undefined;
    }
    if (earlier.request !== once.request) {
      throw new RuntimeError(
        'CONFLICT',
        'This Idempotency-Key was used for another request: send a new key with a new request.'
      );
    }
    const runtime = this._options.list.get(earlier.runtimeId);
    if (!runtime) {
      throw new RuntimeError(
        'NOT_FOUND',
        'What was asked for with this Idempotency-Key has been done, and its runtime is gone since: send a new key with a new request.'
      );
    }
    return runtime.resource;
  }

  /** Wait for something, so many milliseconds. */
  private async _atMost(ms: number, work: Promise<unknown>): Promise<void> {
    let timer: { dispose(): void } | undefined;
    const long = new Promise<void>(resolve => {
      timer = this._options.clock.after(ms, resolve);
    });
    try {
      await Promise.race([work, long]);
    } finally {
      timer?.dispose();
    }
  }

  private _create(
    owner: string,
    request: ILaunchRequest,
    plan: ILaunchPlan,
    spare: ISpare | undefined,
    once: Once | undefined
  ): Runtime {
    const { environment } = plan;
    const now = this._options.clock.now();
    const names = new Set(this.list(owner).map(resource => resource.given_name));
    const naming = { name: environment.name, title: environment.title, owner, now, taken: names };
    const named = request.given_name ?? givenName(environment.given_name_template, naming);
    const reservation = reserve(request, environment, this._options.reservations);
    const resource: IRuntimeResource = {
      ...newResource(spare?.id ?? newRuntimeId(now), owner, named, environment, now),
      reservation,
      idle: idlePolicy(request, environment),
      resources: { ...plan.resources },
      persistent_storage: request.persistent_storage ? '~/persistent' : null,
      burning_rate: environment.burning_rate,
      labels: request.labels ?? {},
      snapshot_id: request.snapshot_id ?? null
    };
    const life = {
      ...NO_LIFE,
      budget: reservation && { left_ms: reservation.minutes * MINUTE_MS, since: null },
      restore: request.snapshot_id ?? null,
      env: request.env ?? {}
    };
    const runtime = this._options.list.add({
      resource,
      handle: spare?.handle ?? null,
      ended_at: null,
      life
    });
    this._options.list.write(runtime, true, once);
    return runtime;
  }
}
