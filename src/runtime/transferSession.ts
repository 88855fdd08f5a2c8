/** One offer to bring variables along: looked at, chosen, moved. */
import {
  describeVariables,
  inspectKernel,
  requiredDistributions,
  moveCancelled
} from '@jupyterlab-runtimes/core';
import type {
  IDescription,
  IKernelFacts,
  IStateProgress,
  ITransferReport,
  KernelPort
} from '@jupyterlab-runtimes/core';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeModel } from '../tokens';
import type { IPlanRow, IPlanTarget } from './transferPlan';
import { planRows } from './transferPlan';
import { moveVariables } from './transferWays';
import type { IVariablesOffer, Look } from './variablesOffer';

/** Opens the way to a kernel's state. The caller disposes what it gets. */
export type OpenPort = (runtime: IRuntimeModel) => Promise<KernelPort>;

export interface ITransferSessionOptions {
  readonly source: IRuntimeModel;
  readonly target: IRuntimeModel;
  readonly open: OpenPort;
}

/** A look at a kernel that is not busy begins at once, milliseconds. */
const WAITING_MS = 1000;

/** Two kernels, and what is known of going from one to the other. Neither is changed before `move`. */
export class TransferSession implements IVariablesOffer, IDisposable {
  /** Both are the user's own. */
  readonly foreignCode = null;
  readonly origin = null;

  constructor(private readonly _options: ITransferSessionOptions) {}

  get source(): IRuntimeModel {
    return this._options.source;
  }

  get target(): IRuntimeModel {
    return this._options.target;
  }

  /** What tells the source from the target: the place, or where that is the same the name. */
  get sourceLabel(): string {
    return labelOf(this.source, this.target);
  }

  get targetLabel(): string {
    return labelOf(this.target, this.source);
  }

  get way(): readonly [string, string] {
    return [this.source.provider.id, this.target.provider.id];
  }

  get isBusy(): boolean {
    return this._isWaiting || (this._look !== 'tried' && this.source.kernelStatus === 'busy');
  }

  get rows(): readonly IPlanRow[] {
    return this._rows;
  }

  get look(): Look {
    return this._look;
  }

  get lookError(): unknown {
    return this._lookError;
  }

  get freeBytes(): number | null {
    return this._target?.facts.memory_bytes ?? null;
  }

  get canForkSource(): boolean {
    return this._sourceFacts?.can_fork ?? false;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._stop.abort();
      for (const port of [this._from, this._to]) {
        port?.then(
          // What came of verifying is asked for by it.
          opened => this._verified.then(() => opened.dispose()),
          () => undefined
        );
      }
      Signal.clearData(this);
    }
  }

  /**
   * Look at the source, without running anything of the user's.
   *
   * @returns Whether there is anything to bring along.
   * @throws RuntimeError UNREACHABLE | NOT_RUNNING | STATE_NOT_CARRIED (not Python) | CANCELLED
   */
  async glance(options: { signal?: AbortSignal } = {}): Promise<boolean> {
    this._plan = await glanceAt(await this.from, anyOf(this._stop.signal, options.signal));
    this._update();
    return this._plan.entries.length > 0;
  }

  /** Wait until the target answers, and learn what it has.
   *  @throws RuntimeError as of `glance`. */
  async meetTarget(options: { signal?: AbortSignal } = {}): Promise<void> {
    const signal = anyOf(this._stop.signal, options.signal);
    const port = await this.to;
    const facts = await inspectKernel(port, [], { signal });
    const { entries } = await glanceAt(port, signal);
    this._target = { facts, names: new Set(entries.map(({ name }) => name)) };
    this._update();
  }

  /** Try every variable, into nothing: then each row says how it goes. A failure leaves what the
   *  glance had found. */
  async lookCloser(): Promise<void> {
    const signal = anyOf(this._stop.signal, this._closer.signal);
    this._look = 'looking';
    this._lookError = null;
    this._changed.emit();
    try {
      const port = await this.from;
      this._sourceFacts = await inspectKernel(port, [], { signal });
      // Trying waits for a running cell: that one needs not be waited for is known at once.
      this._changed.emit();
      const job = UUID.uuid4();
      const timer = setTimeout(() => void this._seeWhetherWaiting(port, job, signal), WAITING_MS);
      try {
        this._plan = await describeVariables(port, { deep: true, signal, randomId: () => job });
      } finally {
        clearTimeout(timer);
        this._isWaiting = false;
      }
      this._look = 'tried';
      await this._learnDistributions();
    } catch (error) {
      this._look = 'glance';
      this._lookError = signal.aborted ? null : error;
    }
    if (!this._isDisposed) {
      this._update();
    }
  }

  /** A look that has not begun waits for the end of a cell. What can't be asked is not known. */
  private async _seeWhetherWaiting(
    port: KernelPort,
    job: string,
    signal: AbortSignal
  ): Promise<void> {
    try {
      const { result } = await port.request('poll', { job }, { channel: 'control', signal });
      this._isWaiting = !result.known && this._look === 'looking';
    } catch {
      this._isWaiting = false;
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  /** Enough has been seen. */
  stopLooking(): void {
    this._closer.abort();
  }

  async lookAgain(): Promise<void> {
    await this._learnDistributions();
    this._update();
  }

  /**
   * Bring these along.
   *
   * @param options.now In the middle of a running cell.
   * @throws RuntimeError: both kernels are as they were.
   */
  async move(
    names: readonly string[],
    options: {
      readonly now?: boolean;
      readonly signal?: AbortSignal;
      readonly onProgress?: (progress: IStateProgress) => void;
    } = {}
  ): Promise<ITransferReport> {
    const { now, signal, onProgress } = options;
    const { source, target } = this;
    const ports = () => Promise.all([this.from, this.to]);
    const move = { source, target, names, now, ports };
    const report = await moveVariables(move, { signal, onProgress });
    this._verified = report.verified;
    return report;
  }

  private get from(): Promise<KernelPort> {
    this._from ??= this._open(this.source);
    return this._from;
  }

  private get to(): Promise<KernelPort> {
    this._to ??= this._open(this.target);
    return this._to;
  }

  private async _open(runtime: IRuntimeModel): Promise<KernelPort> {
    if (this._isDisposed) {
      throw moveCancelled();
    }
    return this._options.open(runtime);
  }

  private async _learnDistributions(): Promise<void> {
    if (this._target === null) {
      return;
    }
    const facts = await inspectKernel(await this.to, requiredDistributions(this._plan), {
      signal: this._stop.signal
    });
    this._target = { ...this._target, facts };
  }

  private _update(): void {
    this._rows = planRows(this._plan, this._target);
    this._changed.emit();
  }

  private _plan: IDescription = { entries: [], complete: true };
  private _rows: readonly IPlanRow[] = [];
  private _target: IPlanTarget | null = null;
  private _sourceFacts: IKernelFacts | null = null;
  private _look: Look = 'glance';
  private _lookError: unknown = null;
  private _isWaiting = false;
  private _from: Promise<KernelPort> | undefined;
  private _to: Promise<KernelPort> | undefined;
  private _isDisposed = false;
  private _verified: Promise<unknown> = Promise.resolve();
  private readonly _stop = new AbortController();
  private readonly _closer = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
}

function glanceAt(port: KernelPort, signal: AbortSignal): Promise<IDescription> {
  return describeVariables(port, { signal, randomId: () => UUID.uuid4() });
}

function anyOf(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second === undefined ? first : AbortSignal.any([first, second]);
}

function labelOf(runtime: IRuntimeModel, other: IRuntimeModel): string {
  return runtime.provider === other.provider ? runtime.name : runtime.provider.label;
}
