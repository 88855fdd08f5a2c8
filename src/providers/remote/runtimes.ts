import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeResource, RuntimesClient } from '@jupyterlab-runtimes/core';
import { isEnd, isStarting, RuntimeError } from '@jupyterlab-runtimes/core';

/** Pauses between two looks at the list, ms. */
const POLL_MS = 3000;
const POLL_STARTING_MS = 400;
const POLL_MAX_MS = 30_000;
/** How long a launch is waited for, ms: the service's own limit comes first. */
const LAUNCH_LIMIT_MS = 10 * 60_000;
const LAUNCH_ATTEMPTS = 5;

/**
 * The runtimes of one service, kept up to date by asking for the list: often
 * while one starts, seldom while nothing happens or the page is hidden. (An
 * event stream would hold one of the six connections that a browser opens to
 * the Jupyter Server, in every tab and for every service.)
 */
export class RemoteRuntimes {
  constructor(private readonly _client: RuntimesClient) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyterlab-runtimes:RemoteRuntimes',
      factory: () => this._request(),
      frequency: { interval: POLL_MS, backoff: true, max: POLL_MAX_MS },
      standby: 'when-hidden'
    });
  }

  /** In the service's order; ended ones are left out, failed ones are not. */
  get items(): readonly IRuntimeResource[] {
    return this._items;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The error of the last look, null after a good one; emitted at each look. */
  get answered(): ISignal<this, RuntimeError | null> {
    return this._answered;
  }

  start(): void {
    void this._poll.start();
  }

  stop(): void {
    void this._poll.stop();
  }

  /** Ask now.
   *  @throws RuntimeError UNREACHABLE (retryable) | UNAUTHORIZED | … */
  async refresh(): Promise<void> {
    await this._request();
    // The next look is due one interval from now.
    void this._poll.schedule({ phase: 'resolved', interval: this._poll.frequency.interval });
  }

  /** The runtime that a kernel belongs to, asking the service for a new one.
   *  @throws RuntimeError NOT_FOUND | UNREACHABLE (retryable) */
  async ofKernel(kernelId: string): Promise<IRuntimeResource> {
    const known = this._find(kernelId);
    if (known) {
      return known;
    }
    await this.refresh();
    const found = this._find(kernelId);
    if (!found) {
      throw new RuntimeError(
        'NOT_FOUND',
        'The kernel belongs to no runtime of this service any more: choose another runtime.'
      );
    }
    return found;
  }

  /** Launch a runtime and wait until its kernel answers. A lost answer is asked
   *  for again under the same key, so that nothing is launched twice.
   *  @throws RuntimeError START_FAILED and the like with the service's own reason. */
  async launch(
    environment: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<IRuntimeResource> {
    const { signal } = options;
    const launched = await this._requestLaunch(environment, signal);
    const deadline = Date.now() + LAUNCH_LIMIT_MS;
    for (;;) {
      await sleep(POLL_STARTING_MS / 2);
      if (signal?.aborted) {
        await this._client.terminate(launched.id);
        throw new RuntimeError('CANCELLED', 'The launch was cancelled.');
      }
      const runtime = await this._look(launched.id);
      if (runtime?.state === 'running' && runtime.kernel) {
        return runtime;
      }
      if (runtime && isEnd(runtime.state)) {
        throw new RuntimeError(
          'START_FAILED',
          runtime.state_reason || `${runtime.given_name} ended while it started.`
        );
      }
      if (Date.now() > deadline) {
        throw new RuntimeError(
          'TIMED_OUT',
          `${launched.given_name} has not started within ${LAUNCH_LIMIT_MS / 60_000} minutes. ` +
            'It stays in the list of runtimes: wait for it there, or end it.'
        );
      }
    }
  }

  /** End a runtime; a no-op on one that has ended. */
  async terminate(id: string): Promise<void> {
    this._merge(await this._client.terminate(id));
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _requestLaunch(
    environment: string,
    signal: AbortSignal | undefined
  ): Promise<IRuntimeResource> {
    const idempotencyKey = crypto.randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        const runtime = await this._client.launch(
          { environment_name: environment },
          { idempotencyKey, signal }
        );
        this._merge(runtime);
        return runtime;
      } catch (error) {
        const again = error instanceof RuntimeError && error.retryable;
        if (!again || attempt === LAUNCH_ATTEMPTS || signal?.aborted) {
          throw error;
        }
        await sleep(POLL_STARTING_MS * attempt);
      }
    }
  }

  /** A runtime as it is now; undefined while the service is away for a moment. */
  private async _look(id: string): Promise<IRuntimeResource | undefined> {
    try {
      const runtime = await this._client.getRuntime(id);
      this._merge(runtime);
      return runtime;
    } catch (error) {
      if (error instanceof RuntimeError && error.retryable) {
        return undefined;
      }
      throw error;
    }
  }

  private _find(kernelId: string): IRuntimeResource | undefined {
    return this._items.find(({ kernel }) => kernel?.id === kernelId);
  }

  private async _request(): Promise<void> {
    try {
      this._set(await this._client.listRuntimes());
      this._answered.emit(null);
    } catch (error) {
      const failure =
        error instanceof RuntimeError
          ? error
          : new RuntimeError('INTERNAL', String(error), { cause: error });
      this._answered.emit(failure);
      throw failure;
    }
  }

  private _merge(runtime: IRuntimeResource): void {
    const others = this._items.filter(({ id }) => id !== runtime.id);
    this._set([...others, runtime]);
  }

  private _set(all: readonly IRuntimeResource[]): void {
    const items = all
      .filter(({ state }) => state === 'failed' || !isEnd(state))
      .sort((a, b) => a.created_at.localeCompare(b.created_at));
    const interval = items.some(({ state }) => isStarting(state) || state === 'terminating')
      ? POLL_STARTING_MS
      : POLL_MS;
    if (interval !== this._poll.frequency.interval) {
      this._poll.frequency = { ...this._poll.frequency, interval };
      if (interval === POLL_STARTING_MS) {
        void this._poll.schedule({ phase: 'resolved', interval });
      }
    }
    if (JSON.stringify(items) !== JSON.stringify(this._items)) {
      this._items = items;
      this._changed.emit();
    }
  }

  private readonly _poll: Poll;
  private _items: readonly IRuntimeResource[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private readonly _answered = new Signal<this, RuntimeError | null>(this);
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
