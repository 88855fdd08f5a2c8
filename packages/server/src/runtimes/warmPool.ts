/** Runtimes that are started before anybody asks, so that a launch that matches one in everything need not wait. */
import type { IEnvironment } from '@jupyterlab-runtimes/core';

import type {
  IJupyterServer,
  ILaunched,
  ILauncher,
  ILaunchPlan,
  ILog,
  ISteadyClock
} from './ports.js';

export interface IWarmPoolOptions {
  /** What outlives its process is removed where the launcher keeps such. */
  readonly launcher: ILauncher & { forget?(id: string): Promise<void> };
  /** Equal for plans whose processes are equal. */
  readonly fingerprint: (plan: ILaunchPlan) => Promise<string>;
  readonly jupyterFor: (launched: ILaunched) => IJupyterServer;
  readonly newId: () => string;
  /** How many spares an environment has. */
  readonly sizeOf: (environment: IEnvironment) => number;
  readonly clock: ISteadyClock;
  readonly log: ILog;
  /** A spare starts within this time, milliseconds. */
  readonly startTimeoutMs: number;
  /** A spare is not started before a launch has had so long for itself, milliseconds. */
  readonly settleMs: number;
  /** A person waits for a launch: spares are started afterwards. Default: never. */
  readonly isBusy?: () => boolean;
  /** Spares end when no launch of their environment came for so long, milliseconds; 0: never. */
  readonly keepMs: number;
}

/** A started runtime that nobody has: what it is becomes what the launch gets. */
export interface ISpare {
  readonly id: string;
  readonly handle: unknown;
  readonly launched: ILaunched;
}

/** What is kept for one environment of one owner. */
interface IShelf {
  plan: ILaunchPlan;
  fingerprint: string;
  readonly spares: ISpare[];
  starting: number;
  failures: number;
  refill: { dispose(): void } | undefined;
  expiry: { dispose(): void } | undefined;
}

/** After a failure the next start waits, doubled each time, milliseconds. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;

export class WarmPool {
  constructor(private readonly _options: IWarmPoolOptions) {}

  /** What a launch is looked up by; asked before `take`, which does not wait. undefined: there are no spares for it. */
  async fingerprint(plan: ILaunchPlan): Promise<string | undefined> {
    return this._options.sizeOf(plan.environment) > 0 ? this._options.fingerprint(plan) : undefined;
  }

  /** A spare that is all that the plan asks for; it belongs to the caller from now on. */
  take(plan: ILaunchPlan, fingerprint: string): ISpare | undefined {
    const shelf = this._shelves.get(keyOf(plan));
    return shelf?.fingerprint === fingerprint ? shelf.spares.shift() : undefined;
  }

  /** Keep spares for launches like this one: of each environment of an owner, for the latest. */
  expect(plan: ILaunchPlan, fingerprint: string): void {
    if (this._isDisposed) {
      return;
    }
    const key = keyOf(plan);
    const shelf = this._shelves.get(key) ?? newShelf(plan, fingerprint);
    this._shelves.set(key, shelf);
    if (shelf.fingerprint !== fingerprint) {
      this._discard(shelf.spares.splice(0));
      shelf.failures = 0;
    }
    shelf.plan = plan;
    shelf.fingerprint = fingerprint;
    this._refillLater(shelf, this._options.settleMs);
    this._expireLater(key, shelf);
  }

  /** Keep spares for a launch that may come: of an environment that no launch of was seen yet.
   *  @param afterMs Not before so many milliseconds. */
  async foresee(plan: ILaunchPlan, afterMs: number): Promise<void> {
    const fingerprint = await this.fingerprint(plan);
    const key = keyOf(plan);
    if (fingerprint === undefined || this._isDisposed || this._shelves.has(key)) {
      return;
    }
    const shelf = newShelf(plan, fingerprint);
    this._shelves.set(key, shelf);
    this._refillLater(shelf, afterMs);
    this._expireLater(key, shelf);
  }

  /** How many are ready. */
  get size(): number {
    return [...this._shelves.values()].reduce((sum, { spares }) => sum + spares.length, 0);
  }

  /** End all spares, and those that are starting. */
  async dispose(): Promise<void> {
    this._isDisposed = true;
    this._stop.abort();
    for (const shelf of this._shelves.values()) {
      shelf.refill?.dispose();
      shelf.expiry?.dispose();
      this._discard(shelf.spares.splice(0));
    }
    this._shelves.clear();
    while (this._work.size > 0) {
      await Promise.all(this._work);
    }
  }

  private _refillLater(shelf: IShelf, ms: number): void {
    shelf.refill?.dispose();
    shelf.refill = this._options.clock.after(ms, () => this._refill(shelf));
  }

  private _expireLater(key: string, shelf: IShelf): void {
    shelf.expiry?.dispose();
    if (this._options.keepMs > 0) {
      shelf.expiry = this._options.clock.after(this._options.keepMs, () => {
        shelf.refill?.dispose();
        this._shelves.delete(key);
        this._discard(shelf.spares.splice(0));
      });
    }
  }

  private _refill(shelf: IShelf): void {
    const wanted = this._options.sizeOf(shelf.plan.environment);
    if (shelf.starting > 0 || shelf.spares.length >= wanted || !this._isKept(shelf)) {
      return;
    }
    // One after the other, over all environments, and after launches: they are not to slow down what people wait for.
    if (this._isStarting || this._options.isBusy?.()) {
      this._refillLater(shelf, this._options.settleMs);
      return;
    }
    this._isStarting = true;
    shelf.starting++;
    this._track(
      this._startOne(shelf).finally(() => {
        this._isStarting = false;
        shelf.starting--;
      })
    );
  }

  private async _startOne(shelf: IShelf): Promise<void> {
    const { launcher, jupyterFor, newId, startTimeoutMs, log } = this._options;
    const { plan, fingerprint } = shelf;
    const id = newId();
    let handle: unknown = null;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('It took too long.')), startTimeoutMs);
    try {
      const launched = await launcher.start(id, plan, each => (handle = each));
      const signal = AbortSignal.any([this._stop.signal, late.signal]);
      const jupyter = jupyterFor(launched);
      await Promise.race([this._untilKernel(jupyter, plan, signal), endOf(launched)]);
      if (!this._isKept(shelf) || shelf.fingerprint !== fingerprint) {
        throw new Error('It is not wanted any more.');
      }
      this._shelve(shelf, { id, handle, launched });
    } catch (error) {
      await this._end(id, handle);
      if (this._isKept(shelf)) {
        log.warn(
          { err: error, environment: plan.environment.name },
          'A spare could not be started.'
        );
        this._retryLater(shelf);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private async _untilKernel(
    jupyter: IJupyterServer,
    plan: ILaunchPlan,
    signal: AbortSignal
  ): Promise<void> {
    await jupyter.untilReady(signal);
    await jupyter.startKernel(plan.environment.kernel_name, signal);
  }

  private _shelve(shelf: IShelf, spare: ISpare): void {
    shelf.spares.push(spare);
    const since = this._options.clock.now().getTime();
    this._refillLater(shelf, 0);
    void spare.launched.ended.then(() => {
      const index = shelf.spares.indexOf(spare);
      if (index >= 0) {
        shelf.spares.splice(index, 1);
        this._discard([spare]);
        const lived = this._options.clock.now().getTime() - since;
        shelf.failures = lived > LONGEST_WAIT_MS ? 0 : shelf.failures;
        this._retryLater(shelf);
      }
    });
  }

  private _retryLater(shelf: IShelf): void {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** shelf.failures);
    shelf.failures++;
    this._refillLater(shelf, wait);
  }

  private _discard(spares: readonly ISpare[]): void {
    for (const { id, handle } of spares) {
      this._track(this._end(id, handle));
    }
  }

  /** Nobody asks for the log of what nobody had. */
  private async _end(id: string, handle: unknown): Promise<void> {
    const { launcher, log } = this._options;
    try {
      await launcher.end(id, handle);
      await launcher.forget?.(id);
    } catch (error) {
      log.error({ err: error, runtime: id }, 'A spare runtime could not be ended.');
    }
  }

  private _track(work: Promise<void>): void {
    this._work.add(work);
    void work.finally(() => this._work.delete(work));
  }

  private _isKept(shelf: IShelf): boolean {
    return !this._isDisposed && this._shelves.get(keyOf(shelf.plan)) === shelf;
  }

  private _isDisposed = false;
  private _isStarting = false;
  private readonly _stop = new AbortController();
  private readonly _shelves = new Map<string, IShelf>();
  private readonly _work = new Set<Promise<void>>();
}

const keyOf = ({ owner, environment }: ILaunchPlan): string => `${owner}/${environment.name}`;

function newShelf(plan: ILaunchPlan, fingerprint: string): IShelf {
  const shelf = { plan, fingerprint, spares: [], starting: 0, failures: 0 };
  return { ...shelf, refill: undefined, expiry: undefined };
}

async function endOf(launched: ILaunched): Promise<never> {
  throw new Error(`It ended: ${await launched.ended}`);
}
