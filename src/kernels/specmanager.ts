import type { KernelManager, KernelSpec } from '@jupyterlab/services';
import { BaseManager, KernelSpecManager } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeProvider, IRuntimeProviders } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';
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
    this._providers = options.providers;
    this._local = this._createManager(options.local);
    this._local.connectionFailure.connect((_, error) => this._connectionFailure.emit(error));
    this._providers.changed.connect(this._syncProviders, this);
    this._syncProviders();
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
    const others = [...this._managers].filter(([id]) => id !== LOCAL_PROVIDER_ID);
    const [local] = await Promise.allSettled([
      this._local.refreshSpecs(),
      ...others.map(([id, manager]) => timebox(manager.refreshSpecs(), REFRESH_LIMIT_MS, id))
    ]);
    if (local.status === 'rejected') {
      throw local.reason;
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._providers.changed.disconnect(this._syncProviders, this);
    this._managers.forEach(manager => manager.dispose());
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
    this._managers.set(provider.id, manager);
    return manager;
  }

  private _syncProviders(): void {
    const wanted = new Set([LOCAL_PROVIDER_ID]);
    for (const provider of this._providers.list()) {
      wanted.add(provider.id);
      if (!this._managers.has(provider.id)) {
        this._createManager(provider);
      }
    }
    for (const [id, manager] of this._managers) {
      if (!wanted.has(id)) {
        this._managers.delete(id);
        manager.dispose();
        this._merge();
      }
    }
  }

  /** A place that has come (back) is asked at once what it can start. */
  private _onProviderStatus(provider: IRuntimeProvider): void {
    const manager = this._managers.get(provider.id);
    if (provider.status === 'connected' && manager && !manager.isDisposed) {
      // The provider reports a failure itself, through its status.
      manager.refreshSpecs().catch(() => undefined);
    }
  }

  private _merge(): void {
    const local = this._local?.specs;
    if (!local) {
      return;
    }
    const kernelspecs = { ...local.kernelspecs };
    for (const [id, manager] of this._managers) {
      if (id !== LOCAL_PROVIDER_ID) {
        Object.assign(kernelspecs, manager.specs?.kernelspecs);
      }
    }
    this._specs = { default: local.default, kernelspecs };
    this._specsChanged.emit(this._specs);
  }

  private readonly _providers: IRuntimeProviders;
  private readonly _standby: CompositeKernelSpecManager.IOptions['standby'];
  private readonly _managers = new Map<string, KernelSpecManager>();
  private readonly _local: KernelSpecManager;
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
