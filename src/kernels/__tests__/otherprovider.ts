import { KernelAPI, KernelSpecAPI, SessionAPI } from '@jupyterlab/services';
import type { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import type { IRuntimeDetail, IRuntimeProvider, ProviderStatus } from '../../tokens';

/** A place that is a second, plain Jupyter Server. */
export class OtherProvider implements IRuntimeProvider {
  constructor(
    readonly id: string,
    readonly serverSettings: ServerConnection.ISettings
  ) {
    this.kernelClient = new KernelAPI.KernelAPIClient({ serverSettings });
    this.sessionClient = new SessionAPI.SessionAPIClient({ serverSettings });
    this.kernelSpecClient = new KernelSpecAPI.KernelSpecAPIClient({ serverSettings });
  }

  readonly place = 'remote';
  readonly label = 'Other';
  readonly rank = 50;
  readonly capabilities = {
    interrupt: true,
    restart: true,
    terminate: true,
    extend: false,
    pause: false,
    resume: false,
    snapshot: false,
    survivesReload: true
  };
  status: ProviderStatus = 'connected';
  readonly lastError = null;
  readonly kernelClient;
  readonly sessionClient;
  readonly kernelSpecClient;
  readonly details: readonly IRuntimeDetail[] = [];
  readonly statusChanged = new Signal<this, void>(this);
  readonly detailsChanged = new Signal<this, void>(this);
  readonly disposed = new Signal<this, void>(this);
  isDisposed = false;

  portableSpec() {
    return { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' };
  }

  async refresh(): Promise<void> {
    return undefined;
  }

  dispose(): void {
    this.isDisposed = true;
    this.disposed.emit();
  }
}
