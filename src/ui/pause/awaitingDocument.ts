/** A document whose runtime may be paused: it waits for that one, and takes it back. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IResumedRuntime, IRuntimeManager } from '../../tokens';
import { hasLiveKernel, takeBack } from '../../notebook/takeBack';

type Preference = Pick<ISessionContext.IKernelPreference, 'shouldStart' | 'autoStartDefault'>;

const START_NOTHING: Preference = { shouldStart: false, autoStartDefault: false };

export class AwaitingDocument implements IDisposable {
  /** @param _onFailure Told when the kernel could not be given back. */
  constructor(
    private readonly _sessionContext: ISessionContext,
    private readonly _manager: Pick<IRuntimeManager, 'runtimes' | 'changed' | 'resumed'>,
    private readonly _onFailure: (error: unknown) => void
  ) {
    _manager.changed.connect(this._look, this);
    _manager.resumed.connect(this._onResumed, this);
    _sessionContext.disposed.connect(this.dispose, this);
    this._look();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.disconnectReceiver(this);
    }
  }

  /** While it waits, running a cell must ask: Lab would start a kernel of its own choice. */
  private _look(): void {
    const { path, kernelPreference } = this._sessionContext;
    const isWaiting =
      !hasLiveKernel(this._sessionContext) &&
      this._manager.runtimes.some(({ awaitedBy }) => awaitedBy.some(use => use.path === path));
    if (isWaiting && this._before === null) {
      const { shouldStart, autoStartDefault } = kernelPreference;
      this._before = { shouldStart, autoStartDefault };
      this._sessionContext.kernelPreference = { ...kernelPreference, ...START_NOTHING };
    } else if (!isWaiting && this._before !== null) {
      const before = this._before;
      this._before = null;
      this._sessionContext.kernelPreference = { ...kernelPreference, ...before };
    }
  }

  private _onResumed(_: unknown, { kernelId, awaitedBy }: IResumedRuntime): void {
    const context = this._sessionContext;
    if (awaitedBy.some(({ path }) => path === context.path) && !hasLiveKernel(context)) {
      takeBack(context, kernelId).catch(this._onFailure);
    }
  }

  private _before: Preference | null = null;
  private _isDisposed = false;
}
