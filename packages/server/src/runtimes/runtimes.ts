/** What can be done with the runtimes of this service. */
import {
  isAllowed,
  RuntimeError,
  type IEnvironment,
  type IExecution,
  type ILaunchRequest,
  type IRuntimeResource,
  type RuntimeAction
} from '@jupyterlab-runtimes/core';

import { freeName, newResource, newRuntimeId, planOf } from './newRuntime.js';
import type {
  IClock,
  IIdempotencyStore,
  IJupyterServer,
  ILaunched,
  ILauncher,
  IRelay
} from './ports.js';
import type { Runtime } from './runtime.js';
import type { RuntimeLife } from './runtimeLife.js';
import type { RuntimeList } from './runtimeList.js';
import { withinTime } from './withinTime.js';

export interface IRuntimesOptions {
  readonly list: RuntimeList;
  readonly life: RuntimeLife;
  readonly launcher: ILauncher;
  readonly idempotency: IIdempotencyStore;
  readonly clock: IClock;
  /** A restarted kernel answers within this time, milliseconds. */
  readonly restartTimeoutMs: number;
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

  environments(owner: string): Promise<IEnvironment[]> {
    return this._options.launcher.listEnvironments(owner);
  }

  /** Ask for a runtime; it starts in the background.
   *  @throws RuntimeError ENVIRONMENT_NOT_FOUND | CONFLICT (the key was used for something else) | INVALID_REQUEST */
  async launch(
    owner: string,
    request: ILaunchRequest,
    idempotencyKey?: string
  ): Promise<IRuntimeResource> {
    // An owner's name has no slash.
    const key = idempotencyKey && `${owner}/${idempotencyKey}`;
    const earlier = key ? this._earlier(key, request) : undefined;
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
    const raced = key ? this._earlier(key, request) : undefined;
    if (raced) {
      return raced;
    }
    const runtime = this._create(owner, request, environment);
    if (key) {
      this._options.idempotency.put(key, runtime.id, JSON.stringify(request));
    }
    const requested = runtime.resource;
    void this._options.life.start(runtime, planOf(requested, environment, request.env));
    return requested;
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
    runtime.updateKernel('restarting');
    await jupyter.restart(kernelId);
    await withinTime(relay.renudge(), this._options.restartTimeoutMs, runtime.resource.given_name);
    runtime.updateKernel('idle');
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
    return this._options.list.find(owner, id).live?.relay?.executions() ?? [];
  }

  /** @throws RuntimeError NOT_FOUND */
  messages(
    owner: string,
    id: string,
    msgId: string,
    before: number | undefined
  ): Iterable<Buffer> {
    const relay = this._options.list.find(owner, id).live?.relay;
    if (!relay) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${this.get(owner, id).given_name}" has no kernel (any more).`
      );
    }
    return relay.messages(msgId, before);
  }

  /** @throws RuntimeError NOT_FOUND */
  acknowledge(owner: string, id: string, msgIds: readonly string[]): void {
    this._options.list.find(owner, id).live?.relay?.acknowledge(msgIds);
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

  private _earlier(key: string, request: ILaunchRequest): IRuntimeResource | undefined {
    const earlier = this._options.idempotency.find(key);
    if (earlier && earlier.request !== JSON.stringify(request)) {
      throw new RuntimeError(
        'CONFLICT',
        'This Idempotency-Key was used for another request: send a new key with a new request.'
      );
    }
    return earlier ? this._options.list.get(earlier.runtimeId)?.resource : undefined;
  }

  private _create(owner: string, request: ILaunchRequest, environment: IEnvironment): Runtime {
    const now = this._options.clock.now();
    const names = new Set(this.list(owner).map(resource => resource.given_name));
    const givenName = request.given_name ?? freeName(environment.title, names);
    const resource = newResource(newRuntimeId(now), owner, givenName, environment, now);
    const runtime = this._options.list.add({ resource, handle: null, ended_at: null });
    this._options.list.write(runtime);
    return runtime;
  }
}
