/** The typed client of a runtime service, for page, Node and command line. */
import type { IEnvironment } from '../contract/environment.js';
import type { IExecution } from '../contract/execution.js';
import {
  MANIFEST_CONTENT_TYPE,
  type IAppliedEnvironments,
  type IManifestValidation
} from '../contract/manifest.js';
import { runtimePath } from '../contract/paths.js';
import type {
  ILaunchRequest,
  IPauseRequest,
  IRuntimeChange,
  IRuntimeResource
} from '../contract/runtime.js';
import { API_VERSION, type IServiceInfo, type IStopService } from '../contract/service.js';
import type { ISnapshotResource } from '../contract/snapshot.js';
import { RuntimeError } from '../errors.js';
import { Calls, type ICallOptions } from './calls.js';
import { splitFrames } from './frames.js';
import type { IServiceAddress } from './request.js';
import { SnapshotsClient } from './snapshotsClient.js';
import { TokensClient } from './tokensClient.js';
import { watchRuntimes, type IWatchOptions, type RuntimeEvent } from './watch.js';

/** How long a pause may take, milliseconds. */
const PAUSE_TIMEOUT_MS = 60 * 60_000;

export interface IOnceOptions extends ICallOptions {
  /** The same request with the same key is done once: it can be sent again after a lost answer, also to a service that was
   *  killed meanwhile. */
  readonly idempotencyKey?: string;
}

/** The same key gives the same runtime. */
export type ILaunchOptions = IOnceOptions;

/**
 * Every call rejects with a RuntimeError: the service's own code, or UNREACHABLE, TIMED_OUT (retryable)
 * when it did not answer; an aborted signal rejects with the signal's reason.
 */
export class RuntimesClient {
  constructor(private readonly _address: IServiceAddress) {
    this._calls = new Calls(_address);
    this.snapshots = new SnapshotsClient(_address);
    this.tokens = new TokensClient(this._calls);
  }

  readonly snapshots: SnapshotsClient;
  readonly tokens: TokensClient;

  /** @throws RuntimeError VERSION_MISMATCH when the service speaks another major version. */
  async service(options: ICallOptions = {}): Promise<IServiceInfo> {
    const info = await this._calls.json<IServiceInfo>({ path: '/service', ...options });
    const [major] = API_VERSION.split('.');
    if (typeof info.api_version !== 'string' || info.api_version.split('.')[0] !== major) {
      const name = this._address.label ?? this._address.baseUrl;
      throw new RuntimeError(
        'VERSION_MISMATCH',
        `The runtime service ${name} speaks version ${info.api_version ?? 'unknown'} of the interface, and this program ${API_VERSION}: install the same release of jupyterlab-runtimes on both sides.`
      );
    }
    return info;
  }

  async stopService(runtimes: IStopService['runtimes'], options: ICallOptions = {}): Promise<void> {
    await this._calls.send(
      { method: 'POST', path: '/service:stop', body: { runtimes }, ...options },
      async () => undefined
    );
  }

  async listEnvironments(options: ICallOptions = {}): Promise<IEnvironment[]> {
    return this._calls.pages<IEnvironment>({ path: '/environments', ...options });
  }

  async getEnvironment(name: string, options: ICallOptions = {}): Promise<IEnvironment> {
    return this._calls.json({ path: `/environments/${encodeURIComponent(name)}`, ...options });
  }

  /** The manifest of an environment as it came in, YAML. */
  async getManifest(name: string, options: ICallOptions = {}): Promise<string> {
    const headers = { Accept: MANIFEST_CONTENT_TYPE };
    const path = `/environments/${encodeURIComponent(name)}`;
    return this._calls.send({ path, headers, ...options }, response => response.text());
  }

  /** Keep manifests as the owner's environments, all or none.
   *  @param manifests YAML, one document or several.
   *  @throws RuntimeError ENVIRONMENT_INVALID with every fault | CONFLICT */
  async applyEnvironments(
    manifests: string,
    options: ICallOptions = {}
  ): Promise<IAppliedEnvironments> {
    const text = { type: MANIFEST_CONTENT_TYPE, content: manifests };
    return this._calls.json({ method: 'POST', path: '/environments:apply', text, ...options });
  }

  /** Every fault of manifests; nothing is kept. */
  async validateEnvironments(
    manifests: string,
    options: ICallOptions = {}
  ): Promise<IManifestValidation> {
    const text = { type: MANIFEST_CONTENT_TYPE, content: manifests };
    return this._calls.json({ method: 'POST', path: '/environments:validate', text, ...options });
  }

  /** Forget one of the owner's environments; runtimes that were made from it go on. */
  async deleteEnvironment(name: string, options: ICallOptions = {}): Promise<void> {
    const path = `/environments/${encodeURIComponent(name)}`;
    await this._calls.send({ method: 'DELETE', path, ...options }, async () => undefined);
  }

  async listRuntimes(options: ICallOptions = {}): Promise<IRuntimeResource[]> {
    return this._calls.pages<IRuntimeResource>({ path: '/runtimes', ...options });
  }

  async getRuntime(id: string, options: ICallOptions = {}): Promise<IRuntimeResource> {
    return this._calls.json({ path: runtimePath(id), ...options });
  }

  /** @returns The runtime in state `requested`: watch it until it runs. */
  async launch(body: ILaunchRequest, options: ILaunchOptions = {}): Promise<IRuntimeResource> {
    return this._calls.json({ method: 'POST', path: '/runtimes', body, ...once(options) });
  }

  /** Ask the kernel to stop what it runs; returns when it was asked, not when it stopped. */
  async interrupt(id: string, options: ICallOptions = {}): Promise<void> {
    await this._calls.send(
      { method: 'POST', path: `${runtimePath(id)}/interrupt`, ...options },
      async () => undefined
    );
  }

  /** Same runtime, same kernel id, new kernel process; resolves once the new kernel answers. */
  async restart(id: string, options: ICallOptions = {}): Promise<IRuntimeResource> {
    // A kernel may take its time: the service has a time-out of its own, and answers within it.
    return this._calls.json({
      method: 'POST',
      path: `${runtimePath(id)}/restart`,
      timeoutMs: 120_000,
      ...options
    });
  }

  /** Reserve so many minutes more.
   *  @throws RuntimeError QUOTA_EXCEEDED beyond the maximum. */
  async extend(id: string, minutes: number, options: IOnceOptions = {}): Promise<IRuntimeResource> {
    const path = `${runtimePath(id)}/extend`;
    return this._calls.json({ method: 'POST', path, body: { minutes }, ...once(options) });
  }

  /** Capture the state, then stop the process.
   *  @returns The runtime on its way: watch it until it is paused, or runs on.
   *  @throws RuntimeError STATE_NOT_CARRIED: nothing has happened. */
  async pause(
    id: string,
    body: IPauseRequest = {},
    options: IOnceOptions = {}
  ): Promise<IRuntimeResource> {
    // Gigabytes may have to be written before it answers.
    const path = `${runtimePath(id)}/pause`;
    return this._calls.json({
      method: 'POST',
      path,
      body,
      timeoutMs: PAUSE_TIMEOUT_MS,
      ...once(options)
    });
  }

  /** @returns The runtime on its way: watch it until it runs. */
  async resume(id: string, options: IOnceOptions = {}): Promise<IRuntimeResource> {
    const path = `${runtimePath(id)}/resume`;
    return this._calls.json({ method: 'POST', path, ...once(options) });
  }

  /** Another name, idle time or end action, whether it runs or rests; what is left out stays.
   *  @returns The runtime with its new `idle.ends_at`.
   *  @throws RuntimeError NOT_RUNNING when it has ended. */
  async change(
    id: string,
    body: IRuntimeChange,
    options: ICallOptions = {}
  ): Promise<IRuntimeResource> {
    return this._calls.json({ method: 'PATCH', path: runtimePath(id), body, ...options });
  }

  /** What the runtime's server has said, in pieces of text as they come.
   *  @param options.tail Only the last so many lines.
   *  @param options.follow Go on until the signal is aborted. */
  async *logs(
    id: string,
    options: ICallOptions & { readonly tail?: number; readonly follow?: boolean } = {}
  ): AsyncGenerator<string, void, void> {
    const { tail, follow, signal } = options;
    const query: Record<string, string> = {
      ...(tail === undefined ? {} : { tail: String(tail) }),
      ...(follow ? { follow: 'true' } : {})
    };
    const body = await this._calls.send(
      { path: `${runtimePath(id)}/logs`, query, signal, ...(follow ? { timeoutMs: 0 } : {}) },
      async response => response.body
    );
    const reader = body?.getReader();
    const decoder = new TextDecoder();
    const onAbort = (): void => void reader?.cancel().catch(() => undefined);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done || signal?.aborted) {
          return;
        }
        yield decoder.decode(value, { stream: true });
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      onAbort();
    }
  }

  async listSnapshots(options: ICallOptions = {}): Promise<ISnapshotResource[]> {
    return this.snapshots.list(options);
  }

  /** End the runtime; a no-op on what has ended. */
  async terminate(id: string, options: ICallOptions = {}): Promise<IRuntimeResource> {
    return this._calls.json({ method: 'DELETE', path: runtimePath(id), ...options });
  }

  /** What ran or runs in the runtime's kernel, not yet acknowledged, oldest first. */
  async executions(id: string, options: ICallOptions = {}): Promise<IExecution[]> {
    return this._calls.pages<IExecution>({ path: `${runtimePath(id)}/executions`, ...options });
  }

  /** The kernel's messages about one execution, as v1 frames.
   *  @param options.before Only messages with a smaller number: what an attached channel does not bring. */
  async executionMessages(
    id: string,
    msgId: string,
    options: ICallOptions & { readonly before?: number } = {}
  ): Promise<ArrayBuffer[]> {
    const { before, ...rest } = options;
    const query = before === undefined ? undefined : { before: String(before) };
    const path = `${runtimePath(id)}/executions/${encodeURIComponent(msgId)}/messages`;
    return this._calls.send({ path, query, ...rest }, async response =>
      splitFrames(await response.arrayBuffer())
    );
  }

  /** Their output is saved: the service forgets them. */
  async acknowledge(
    id: string,
    msgIds: readonly string[],
    options: ICallOptions = {}
  ): Promise<void> {
    await this._calls.send(
      {
        method: 'POST',
        path: `${runtimePath(id)}/executions:acknowledge`,
        body: { msg_ids: msgIds },
        ...options
      },
      async () => undefined
    );
  }

  /** @see watchRuntimes */
  watchRuntimes(options: IWatchOptions = {}): AsyncGenerator<RuntimeEvent, void, void> {
    return watchRuntimes(this._address, options);
  }

  private readonly _calls: Calls;
}

function once({ idempotencyKey, ...rest }: IOnceOptions): ICallOptions & {
  readonly headers?: Readonly<Record<string, string>>;
} {
  return idempotencyKey ? { ...rest, headers: { 'Idempotency-Key': idempotencyKey } } : rest;
}
