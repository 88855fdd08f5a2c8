import type { KernelManager, KernelSpec } from '@jupyterlab/services';
import { BaseManager, KernelSpecManager } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeProvider, IRuntimeProviders } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';
import { PerProvider } from './perprovider';
import { QualifiedKernelSpecClient } from './qualified';
import { timebox } from './timebox';

/** How long another place may hold up an explicit refresh, ms. */
const REFRESH_LIMIT_MS = 2000;

/**
 * What can be started, of all places, as one kernelspec manager. The local
 * server's default stays the default; a place that fails keeps the specs it
 * last had.
 */
export class CompositeKernelSpecManager extends BaseManager implements KernelSpec.IManager {
  constructor(options: CompositeKernelSpecManager.IOptions) {
    super({ serverSettings: options.local.serverSettings });
    this._standby = options.standby;
    this._managers = new PerProvider(
      options.providers,
      options.local,
      provider => this._createManager(provider),
      () => this._merge()
    );
    this._local.connectionFailure.connect((_, error) => this._connectionFailure.emit(error));
    this._managers.sync();
  }

  get isReady(): boolean {
    return this._local.isReady;
  }

  get ready(): Promise<void> {
    return this._local.ready;
  }

  get specs(): KernelSpec.ISpecModels | null {
    return this._specs;
  }

  get specsChanged(): ISignal<this, KernelSpec.ISpecModels> {
    return this._specsChanged;
  }

  get connectionFailure(): ISignal<this, Error> {
    return this._connectionFailure;
  }

  /** One provider's specs, with qualified names; empty before its first answer. */
  specsOf(providerId: string): readonly KernelSpec.ISpecModel[] {
    const kernelspecs = this._managers.get(providerId)?.specs?.kernelspecs ?? {};
    return Object.values(kernelspecs).filter(spec => spec !== undefined);
  }

  async refreshSpecs(): Promise<void> {
    const [local] = await Promise.allSettled([
      this._local.refreshSpecs(),
      ...this._managers
        .others()
        .map(([id, manager]) => timebox(manager.refreshSpecs(), REFRESH_LIMIT_MS, id))
    ]);
    if (local.status === 'rejected') {
      throw local.reason;
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._managers.dispose();
    super.dispose();
  }

  private _createManager(provider: IRuntimeProvider): KernelSpecManager {
    const manager = new KernelSpecManager({
      serverSettings: provider.serverSettings,
      kernelSpecAPIClient: new QualifiedKernelSpecClient(provider),
      standby: this._standby
    });
    manager.specsChanged.connect(this._merge, this);
    if (provider.id !== LOCAL_PROVIDER_ID) {
      provider.statusChanged.connect(this._onProviderStatus, this);
    }
    return manager;
  }

  /** A place that has come (back) is asked at once what it can start. */
  private _onProviderStatus(provider: IRuntimeProvider): void {
    const manager = this._managers.get(provider.id);
    if (provider.status === 'connected' && manager && !manager.isDisposed) {
      // The provider reports a failure itself, through its status.
      manager.refreshSpecs().catch(() => undefined);
    }
  }

  private get _local(): KernelSpecManager {
    return this._managers.local;
  }

  private _merge(): void {
    const local = this._local.specs;
    if (!local) {
      return;
    }
    const kernelspecs = { ...local.kernelspecs };
    for (const [, manager] of this._managers.others()) {
      Object.assign(kernelspecs, manager.specs?.kernelspecs);
    }
    this._specs = { default: local.default, kernelspecs };
    this._specsChanged.emit(this._specs);
  }

  private readonly _standby: CompositeKernelSpecManager.IOptions['standby'];
  private readonly _managers: PerProvider<KernelSpecManager>;
  private _specs: KernelSpec.ISpecModels | null = null;
  private readonly _specsChanged = new Signal<this, KernelSpec.ISpecModels>(this);
  private readonly _connectionFailure = new Signal<this, Error>(this);
}

export namespace CompositeKernelSpecManager {
  export interface IOptions {
    readonly providers: IRuntimeProviders;
    /** The user's own server: must be registered in `providers` too. */
    readonly local: IRuntimeProvider;
    readonly standby?: KernelManager.IOptions['standby'];
  }
}
