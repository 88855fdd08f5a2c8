import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { takeBack } from './takeBack';

/**
 * Takes a notebook back to the session that it left in another place, as soon
 * as that place has answered: Lab itself looks only when the notebook opens.
 */
export class SessionRejoin implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _sessions: Session.IManager
  ) {
    const { sessionContext } = _panel;
    _sessions.runningChanged.connect(this._onRunningChanged, this);
    sessionContext.statusChanged.connect(this._onStatusChanged, this);
    sessionContext.sessionChanged.connect(this._onSessionChanged, this);
    _panel.disposed.connect(this.dispose, this);
    void sessionContext.ready.then(() => this._onRunningChanged());
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

  /** A session that is being made is running under the notebook's path before the notebook has it: if we started
   *  another one then, JupyterLab would shut down the first, and with it the kernel of both. */
  private _onStatusChanged(context: ISessionContext, status: Kernel.Status): void {
    this._isStarting ||= status === 'starting' && context.session === null;
  }

  private _onSessionChanged(): void {
    this._isStarting = false;
  }

  private _onRunningChanged(): void {
    const { sessionContext } = this._panel;
    const isFree =
      !this._isDisposed &&
      !this._isStarting &&
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
    try {
      await takeBack(this._panel.sessionContext, kernelId);
    } catch {
      // Lab has shown it: a session context opens a dialog for each change that fails.
    }
  }

  private _isStarting = false;
  private _isDisposed = false;
}
