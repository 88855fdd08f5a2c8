import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Kernel } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import {
  ingressPath,
  RuntimeError,
  RuntimesClient,
  SnapshotsClient
} from '@jupyterlab-runtimes/core';
import type { IServiceAddress } from '@jupyterlab-runtimes/core';
import type {
  ILaunchTerms,
  IPauseOptions,
  IPortableKernelSpec,
  IRuntimeDetail,
  IRuntimeEnvironment,
  IRuntimeProvider,
  ISnapshotChoice,
  ProviderStatus,
  RuntimeChange
} from '../../tokens';
import { RemoteChannels } from './channels';
import { detailOf, snapshotChoiceOf } from './detail';
import { RemoteEnvironments } from './environments';
import { RemoteKernelClient } from './kernels';
import { RemoteRuntimes } from './runtimes';
import { RemoteSessionClient } from './sessions';
import { RemoteShelf } from './shelf';

/** Path of the proxy to a service, under the Jupyter Server's base URL. */
const PROXY_PATH = 'jupyterlab-runtimes/services';

/** The runtimes that one runtime service hands out, reached through the user's
 *  own Jupyter Server. */
export class RemoteProvider implements IRuntimeProvider {
  constructor(options: RemoteProvider.IOptions) {
    const { serviceName, label, rank, settings, reconnectTimeoutMs } = options;
    this.id = `remote.${serviceName}`;
    this.label = label;
    this.rank = rank;
    this.serverPlace = { settings, service: serviceName };
    const baseUrl = URLExt.join(settings.baseUrl, PROXY_PATH, encodeURIComponent(serviceName));
    const wsUrl = URLExt.join(settings.wsUrl, PROXY_PATH, encodeURIComponent(serviceName));
    const address: IServiceAddress = {
      baseUrl,
      label,
      fetch: (url, init) => this._fetch(url, init ?? {}, settings)
    };
    this._client = new RuntimesClient(address);
    this.shelf = new RemoteShelf(new SnapshotsClient(address), options =>
      this._client.listSnapshots(options)
    );
    this._runtimes = new RemoteRuntimes(this._client);
    this.journal = new RemoteChannels({
      client: this._client,
      settings,
      wsUrl,
      reconnectTimeoutMs,
      runtimeIdOf: async kernelId => (await this._runtimes.ofKernel(kernelId)).id
    });
    this.serverSettings = {
      ...settings,
      baseUrl: `${baseUrl}/`,
      wsUrl: `${wsUrl}/`,
      WebSocket: this.journal.WebSocket
    };
    this.kernelClient = new RemoteKernelClient(
      this.serverSettings,
      this._client,
      this._runtimes,
      kernelId => this.journal.hasGivenUp(kernelId)
    );
    this.sessionClient = new RemoteSessionClient(this.serverSettings, this._runtimes, environment =>
      this.kernelClient.launch(environment)
    );
    this.kernelSpecClient = new RemoteEnvironments(this.serverSettings, this._client);
    this._runtimes.changed.connect(this._onRuntimesChanged, this);
    this._runtimes.answered.connect(this._onAnswered, this);
  }

  readonly id: string;
  readonly place = 'remote';
  readonly label: string;
  readonly rank: number;
  readonly capabilities = {
    interrupt: true,
    restart: true,
    terminate: true,
    extend: true,
    pause: true,
    resume: true,
    snapshot: true,
    survivesReload: true
  };
  readonly serverSettings: ServerConnection.ISettings;
  readonly serverPlace: { readonly settings: ServerConnection.ISettings; readonly service: string };
  readonly kernelClient: RemoteKernelClient;
  readonly sessionClient: RemoteSessionClient;
  readonly kernelSpecClient: RemoteEnvironments;
  readonly journal: RemoteChannels;
  readonly shelf: RemoteShelf;

  get status(): ProviderStatus {
    return this._status;
  }

  get lastError(): RuntimeError | null {
    return this._lastError;
  }

  get statusChanged(): ISignal<this, void> {
    return this._statusChanged;
  }

  get details(): readonly IRuntimeDetail[] {
    return this._runtimes.items.map(detailOf);
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

  portableSpec(specName: string): IPortableKernelSpec {
    return this.kernelSpecClient.portableSpec(specName);
  }

  launch(
    specName: string,
    options: { terms?: ILaunchTerms; signal?: AbortSignal }
  ): Promise<Kernel.IModel> {
    return this.kernelClient.launch(specName, options);
  }

  environment(specName: string): IRuntimeEnvironment | undefined {
    return this.kernelSpecClient.environment(specName);
  }

  async snapshots(options: { signal?: AbortSignal } = {}): Promise<readonly ISnapshotChoice[]> {
    return (await this._client.listSnapshots(options)).map(snapshotChoiceOf);
  }

  extend(runtimeId: string, minutes: number): Promise<void> {
    return this._runtimes.extend(runtimeId, minutes);
  }

  pause(runtimeId: string, options: IPauseOptions = {}): Promise<void> {
    return this._runtimes.pause(runtimeId, options);
  }

  resume(runtimeId: string, options: { signal?: AbortSignal } = {}): Promise<Kernel.IModel> {
    return this.kernelClient.resume(runtimeId, options);
  }

  change(runtimeId: string, change: RuntimeChange): Promise<void> {
    return this._runtimes.change(runtimeId, change);
  }

  logs(
    runtimeId: string,
    options: { tail?: number; follow?: boolean; signal?: AbortSignal }
  ): AsyncIterable<string> {
    return this._client.logs(runtimeId, options);
  }

  runtimeSettings(runtimeId: string): ServerConnection.ISettings {
    const { baseUrl, wsUrl } = this.serverSettings;
    return {
      ...this.serverSettings,
      baseUrl: URLExt.join(baseUrl, ingressPath(runtimeId)),
      wsUrl: URLExt.join(wsUrl, ingressPath(runtimeId))
    };
  }

  openStateSocket(kernelId: string, session: string): Promise<WebSocket> {
    return this.journal.openStateSocket(kernelId, session);
  }

  async discard(runtimeId: string): Promise<void> {
    await this._runtimes.terminate(runtimeId);
  }

  refresh(): Promise<void> {
    return this._runtimes.refresh();
  }

  /** The extension reports that the service answers: ask it, now and from now on. */
  setAvailable(): void {
    if (!this._isAvailable) {
      this._isAvailable = true;
      this._unavailable = null;
      this._runtimes.start();
    } else if (this._status !== 'connected') {
      // Its status follows from the answer.
      this._runtimes.refresh().catch(() => undefined);
    }
  }

  /** The extension says why the service does not answer: it knows more than an
   *  HTTP status. The service is not asked until it does. */
  setUnavailable(status: Exclude<ProviderStatus, 'connected'>, error: RuntimeError | null): void {
    this._isAvailable = false;
    this._unavailable = error;
    this._runtimes.stop();
    this._setStatus(status, error);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._runtimes.dispose();
    this.journal.dispose();
    this._disposed.emit();
    Signal.clearData(this);
  }

  /** @throws RuntimeError UNREACHABLE (retryable) while the service is known to be away. */
  private async _fetch(
    url: string,
    init: RequestInit,
    settings: ServerConnection.ISettings
  ): Promise<Response> {
    if (!this._isAvailable) {
      throw (
        this._unavailable ??
        new RuntimeError('UNREACHABLE', `${this.label} is starting: try again in a moment.`)
      );
    }
    return ServerConnection.makeRequest(url, init, settings);
  }

  private _onRuntimesChanged(): void {
    this._detailsChanged.emit();
  }

  private _onAnswered(_: RemoteRuntimes, error: RuntimeError | null): void {
    if (!this._isAvailable) {
      return;
    }
    this._setStatus(error ? 'failed' : 'connected', error);
  }

  private _setStatus(status: ProviderStatus, error: RuntimeError | null): void {
    if (status !== this._status || error?.message !== this._lastError?.message) {
      this._status = status;
      this._lastError = error;
      this._statusChanged.emit();
    }
  }

  private readonly _client: RuntimesClient;
  private readonly _runtimes: RemoteRuntimes;
  private _isAvailable = false;
  private _unavailable: RuntimeError | null = null;
  private _status: ProviderStatus = 'connecting';
  private _lastError: RuntimeError | null = null;
  private _isDisposed = false;
  private readonly _statusChanged = new Signal<this, void>(this);
  private readonly _detailsChanged = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
}

export namespace RemoteProvider {
  export interface IOptions {
    /** The service's name in the Jupyter Server extension's configuration. */
    readonly serviceName: string;
    readonly label: string;
    readonly rank: number;
    /** The page's own settings: the user's Jupyter Server. */
    readonly settings: ServerConnection.ISettings;
    /** How long a lost connection to a kernel is waited for, ms. */
    readonly reconnectTimeoutMs: number;
  }
}
