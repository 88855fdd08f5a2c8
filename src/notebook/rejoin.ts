import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

/**
 * Takes a notebook back to the session that it left in another place, as soon
 * as that place has answered: Lab itself looks only when the notebook opens.
 */
export class SessionRejoin implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _sessions: Session.IManager
  ) {
    _sessions.runningChanged.connect(this._onRunningChanged, this);
    _panel.disposed.connect(this.dispose, this);
    void _panel.sessionContext.ready.then(() => this._onRunningChanged());
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    Signal.disconnectReceiver(this);
  }

  private _onRunningChanged(): void {
    const { sessionContext } = this._panel;
    const isFree =
      !this._isDisposed &&
      !this._isRejoining &&
      sessionContext.isReady &&
      !sessionContext.session &&
      !sessionContext.isTerminating;
    if (!isFree) {
      return;
    }
    for (const { path, kernel } of this._sessions.running()) {
      if (path === sessionContext.path && kernel) {
        void this._rejoin(kernel.id);
        return;
      }
    }
  }

  private async _rejoin(kernelId: string): Promise<void> {
    this._isRejoining = true;
    try {
      await this._panel.sessionContext.changeKernel({ id: kernelId });
    } catch {
      // Lab has shown it: a session context opens a dialog for each change that fails.
    } finally {
      this._isRejoining = false;
    }
  }

  private _isRejoining = false;
  private _isDisposed = false;
}
