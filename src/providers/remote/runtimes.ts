import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IPauseRequest,
  IRuntimeResource,
  RuntimesClient,
  RuntimeState
} from '@jupyterlab-runtimes/core';
import { isEnd, isStarting, RuntimeError } from '@jupyterlab-runtimes/core';
import type { ILaunchTerms, IPauseOptions, RuntimeChange } from '../../tokens';
import { changeOf, launchRequestOf } from './requests';

/** Pauses between two looks at the list, ms. */
const POLL_MS = 3000;
const POLL_STARTING_MS = 400;
/** What was kept ready is there within moments: the first look comes soon, the next ones later and later, ms. */
const FIRST_LOOK_MS = 25;
const POLL_MAX_MS = 30_000;
/** How long a launch is waited for, ms: the service's own limit comes first. */
const LAUNCH_LIMIT_MS = 10 * 60_000;
const LAUNCH_ATTEMPTS = 5;
/** How long a pause or a resume is waited for, ms: gigabytes may have to move. */
const MOVE_LIMIT_MS = 60 * 60_000;

/** The states in which another one follows soon. */
const PASSING: readonly RuntimeState[] = ['pausing', 'terminating'];

/** Whether its kernel answers: while it is being paused, it runs until that has worked out. */
export function hasLiveKernel({ state, kernel }: IRuntimeResource): boolean {
  return kernel !== null && (state === 'running' || state === 'pausing');
}

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

  /** In the service's order. What was ended is left out; what failed or expired is not: its
   *  user is to see why. */
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
    options: { terms?: ILaunchTerms; signal?: AbortSignal } = {}
  ): Promise<IRuntimeResource> {
    const { signal, terms = {} } = options;
    const launched = await this._requestLaunch(environment, terms, signal);
    const runtime = await this._until(launched, isReady, LAUNCH_LIMIT_MS, async () => {
      if (signal?.aborted) {
        await this._client.terminate(launched.id);
        throw new RuntimeError('CANCELLED', 'The launch was cancelled.');
      }
    });
    if (isEnd(runtime.state)) {
      throw new RuntimeError(
        'START_FAILED',
        runtime.state_reason || `${runtime.given_name} ended while it started.`
      );
    }
    return runtime;
  }

  async extend(id: string, minutes: number): Promise<void> {
    this._merge(await this._client.extend(id, minutes));
  }

  async change(id: string, change: RuntimeChange): Promise<void> {
    this._merge(await this._client.change(id, changeOf(change)));
  }

  /** Pause, and wait until it is.
   *  @throws RuntimeError STATE_NOT_CARRIED | CAPTURE_FAILED (retryable) | DISK_FULL | … */
  async pause(id: string, options: IPauseOptions): Promise<void> {
    const { leave, leaveAll } = options;
    const asked = await this._askToPause(id, {
      ...(leave && { leave: [...leave] }),
      ...(leaveAll === undefined ? {} : { leave_all: leaveAll })
    });
    this._merge(asked);
    const after = await this._until(asked, ({ state }) => state !== 'pausing', MOVE_LIMIT_MS);
    if (after.state !== 'paused') {
      throw new RuntimeError(
        'CAPTURE_FAILED',
        after.state_reason || `${after.given_name} could not be paused, and is ${after.state}.`
      );
    }
  }

  /** Resume, and wait until a kernel answers.
   *  @param options.signal Ends the waiting alone. */
  async resume(id: string, options: { signal?: AbortSignal } = {}): Promise<IRuntimeResource> {
    const asked = await this._client.resume(id, options);
    this._merge(asked);
    const after = await this._until(
      asked,
      runtime => isReady(runtime) || runtime.state === 'paused',
      MOVE_LIMIT_MS,
      async () => options.signal?.throwIfAborted()
    );
    if (after.state !== 'running') {
      throw new RuntimeError(
        'START_FAILED',
        after.state_reason || `${after.given_name} could not be resumed, and is ${after.state}.`
      );
    }
    return after;
  }

  /** The answer may be lost on a long way while the pause goes on: the state tells. */
  private async _askToPause(id: string, body: IPauseRequest): Promise<IRuntimeResource> {
    // Shown at once: the service answers when it is done.
    const looking = setTimeout(() => void this._look(id).catch(() => undefined), POLL_STARTING_MS);
    try {
      return await this._client.pause(id, body);
    } catch (error) {
      const runtime = await this._look(id).catch(() => undefined);
      const goesOn = runtime?.state === 'pausing' || runtime?.state === 'paused';
      if (error instanceof RuntimeError && error.retryable && runtime && goesOn) {
        return runtime;
      }
      throw error;
    } finally {
      clearTimeout(looking);
    }
  }

  /**
   * Look at a runtime until it is as wanted, or has ended.
   *
   * @param check Called before each look; what it throws ends the waiting.
   * @throws RuntimeError TIMED_OUT
   */
  private async _until(
    first: IRuntimeResource,
    isWanted: (runtime: IRuntimeResource) => boolean,
    limitMs: number,
    check: () => Promise<void> = async () => undefined
  ): Promise<IRuntimeResource> {
    const deadline = Date.now() + limitMs;
    let runtime: IRuntimeResource | undefined = first;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, POLL_STARTING_MS / 2)) {
      if (runtime && (isWanted(runtime) || isEnd(runtime.state))) {
        return runtime;
      }
      if (Date.now() > deadline) {
        throw new RuntimeError(
          'TIMED_OUT',
          `${first.given_name} is not ready after ${limitMs / 60_000} minutes. ` +
            'It stays in the list of runtimes: wait for it there, or end it.'
        );
      }
      await sleep(pauseMs);
      await check();
      runtime = await this._look(first.id);
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
    terms: ILaunchTerms,
    signal: AbortSignal | undefined
  ): Promise<IRuntimeResource> {
    const body = launchRequestOf(environment, terms);
    const idempotencyKey = crypto.randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        const runtime = await this._client.launch(body, { idempotencyKey, signal });
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
      .filter(({ state }) => state !== 'terminated')
      .sort((a, b) => a.created_at.localeCompare(b.created_at));
    const interval = items.some(({ state }) => isStarting(state) || PASSING.includes(state))
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

function isReady({ state, kernel }: IRuntimeResource): boolean {
  return state === 'running' && kernel !== null;
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
