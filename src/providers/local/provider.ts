import type { Kernel, KernelSpec, ServerConnection, Session } from '@jupyterlab/services';
import { KernelAPI, KernelSpecAPI, SessionAPI } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { RuntimeError } from '@jupyterlab-runtimes/core';
import type {
  IPortableKernelSpec,
  IRuntimeDetail,
  IRuntimeProvider,
  ProviderStatus
} from '../../tokens';
import { LOCAL_PROVIDER_ID } from '../../tokens';

/**
 * The user's own Jupyter Server, as it is: stock clients, its own kernelspecs.
 * Its connection is Lab's own business, so it has no status of its own here.
 */
export class LocalProvider implements IRuntimeProvider {
  constructor(options: { serverSettings: ServerConnection.ISettings }) {
    const { serverSettings } = options;
    this.serverSettings = serverSettings;
    this.serverPlace = { settings: serverSettings, service: null };
    this.kernelClient = new KernelAPI.KernelAPIClient({ serverSettings });
    this.sessionClient = new SessionAPI.SessionAPIClient({ serverSettings });
    this.kernelSpecClient = new KernelSpecAPI.KernelSpecAPIClient({ serverSettings });
  }

  readonly id = LOCAL_PROVIDER_ID;
  readonly place = 'local';
  /** In the user's language once the application, and with it the translator, is there. */
  get label(): string {
    return this._label;
  }

  set label(value: string) {
    this._label = value;
    this._statusChanged.emit();
  }

  readonly rank = 20;
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
  readonly status: ProviderStatus = 'connected';
  readonly lastError: RuntimeError | null = null;
  readonly serverSettings: ServerConnection.ISettings;
  readonly serverPlace: { readonly settings: ServerConnection.ISettings; readonly service: null };
  readonly kernelClient: Kernel.IKernelAPIClient;
  readonly sessionClient: Session.ISessionAPIClient;
  readonly kernelSpecClient: KernelSpec.IKernelSpecAPIClient;
  readonly details: readonly IRuntimeDetail[] = [];

  get statusChanged(): ISignal<this, void> {
    return this._statusChanged;
  }

  get detailsChanged(): ISignal<this, void> {
    return this._detailsChanged;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The local server's kernelspecs are portable as they are. */
  portableSpec(): IPortableKernelSpec | null {
    return null;
  }

  /** Lab's own managers ask the local server again. */
  async refresh(): Promise<void> {
    return undefined;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._disposed.emit();
    Signal.clearData(this);
  }

  private _label = 'Local server';
  private _isDisposed = false;
  private readonly _statusChanged = new Signal<this, void>(this);
  private readonly _detailsChanged = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
}
