import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IAskedInterrupt } from '../kernels';
import type {
  IFailedInterrupt,
  InterruptOutcome,
  IRuntimeModel,
  IRuntimeProvider
} from '../tokens';
import { interruptOutcome } from './interrupt';

/** How long an interrupt may take before it counts as not answered, ms. */
const ANSWER_MS = 5000;

/** What is needed of the kernel managers. */
export interface IWatchedKernels {
  readonly interruptAsked: ISignal<unknown, IAskedInterrupt>;
  connectionOf(kernelId: string): Kernel.IKernelConnection | undefined;
}

/**
 * Looks after every interrupt: those that Lab asks for by itself are followed
 * to their end, and told of when they did not stop the cell.
 */
export class InterruptWatch implements IDisposable {
  /** @param _find The runtime of a kernel, as it is listed now. */
  constructor(
    private readonly _kernels: IWatchedKernels,
    private readonly _find: (kernelId: string) => IRuntimeModel | undefined
  ) {
    _kernels.interruptAsked.connect(this._onAsked, this);
  }

  get failed(): ISignal<this, IFailedInterrupt> {
    return this._failed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Follow an interrupt that was asked for. @see interruptOutcome */
  follow(
    { kernelId, asked }: IAskedInterrupt,
    provider: IRuntimeProvider,
    options: { answerTimeoutMs?: number; signal?: AbortSignal } = {}
  ): Promise<InterruptOutcome> {
    return interruptOutcome(
      asked,
      {
        connection: this._kernels.connectionOf(kernelId),
        getModel: () => provider.kernelClient.getModel(kernelId),
        canKeepState: provider.capabilities.interrupt,
        place: provider.label
      },
      { limitMs: options.answerTimeoutMs ?? ANSWER_MS, signal: options.signal }
    );
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.disconnectReceiver(this);
      Signal.clearData(this);
    }
  }

  /** A key that is pressed again and again is one interrupt. */
  private _onAsked(_: unknown, interrupt: IAskedInterrupt): void {
    const { kernelId } = interrupt;
    const runtime = this._find(kernelId);
    if (runtime && !this._followed.has(kernelId)) {
      this._followed.add(kernelId);
      void this._tell(interrupt, runtime).finally(() => this._followed.delete(kernelId));
    }
  }

  private async _tell(interrupt: IAskedInterrupt, before: IRuntimeModel): Promise<void> {
    const failure = await this.follow(interrupt, before.provider).then(
      outcome => (outcome === 'interrupted' ? null : { outcome }),
      (error: unknown) => ({ outcome: 'failed' as const, error })
    );
    const runtime = this._find(interrupt.kernelId);
    if (failure && runtime && !this._isDisposed) {
      this._failed.emit({ runtime, ...failure });
    }
  }

  private readonly _followed = new Set<string>();
  private _isDisposed = false;
  private readonly _failed = new Signal<this, IFailedInterrupt>(this);
}
