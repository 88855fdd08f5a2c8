import type { CommsOverSubshells, Kernel, ServerConnection } from '@jupyterlab/services';
import { BaseManager, KernelManager } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeProvider, IRuntimeProviders } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';
import { parseName } from './names';
import { PerProvider } from './perprovider';
import { QualifiedKernelClient, QualifiedKernelSpecClient } from './qualified';
import { timebox } from './timebox';

/** How long another place may hold up an explicit refresh, ms. */
const REFRESH_LIMIT_MS = 2000;

/** An interrupt under way. */
export interface IAskedInterrupt {
  readonly kernelId: string;
  /** What the kernel's place answers: that it has told the kernel, or why not. */
  readonly asked: Promise<void>;
}

/**
 * The kernels of all places as one kernel manager: one stock `KernelManager`
 * per provider, each polling and rejecting on its own.
 *
 * Ready as soon as the local server has answered; only the local server's
 * connection failure is passed on, since Lab takes it for "the server is lost".
 */
export class CompositeKernelManager extends BaseManager implements Kernel.IManager {
  constructor(options: CompositeKernelManager.IOptions) {
    super({ serverSettings: options.local.serverSettings });
    this._standby = options.standby;
    this._providers = options.providers;
    this._managers = new PerProvider(
      options.providers,
      options.local,
      provider => this._createManager(provider),
      () => this._onRunningChanged()
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

  get runningChanged(): ISignal<this, Kernel.IModel[]> {
    return this._runningChanged;
  }

  get connectionFailure(): ISignal<this, ServerConnection.NetworkError> {
    return this._connectionFailure;
  }

  /** Emitted with the kernel's id when what a connection says of it changed. */
  get statusChanged(): ISignal<this, string> {
    return this._statusChanged;
  }

  /** Emitted when Lab itself (toolbar, menu, keyboard) has asked a kernel to stop. */
  get interruptAsked(): ISignal<this, IAskedInterrupt> {
    return this._interruptAsked;
  }

  get commsOverSubshells(): CommsOverSubshells | undefined {
    return this._commsOverSubshells;
  }
  set commsOverSubshells(value: CommsOverSubshells | undefined) {
    this._commsOverSubshells = value;
    if (value !== undefined) {
      for (const manager of this._managers.all()) {
        manager.commsOverSubshells = value;
      }
    }
  }

  get kernelInfoTimeout(): number {
    return this._local.kernelInfoTimeout;
  }
  set kernelInfoTimeout(value: number) {
    for (const manager of this._managers.all()) {
      manager.kernelInfoTimeout = value;
    }
  }

  get runningCount(): number {
    return [...this._managers.all()].reduce((sum, manager) => sum + manager.runningCount, 0);
  }

  *running(): IterableIterator<Kernel.IModel> {
    for (const manager of this._managers.all()) {
      yield* manager.running();
    }
  }

  /** The provider that a kernel belongs to, by its id or by its qualified name. */
  ownerOf(kernel: { id?: string; name?: string }): IRuntimeProvider {
    for (const [id, manager] of this._managers.entries()) {
      for (const model of manager.running()) {
        if (model.id === kernel.id) {
          return this._provider(id);
        }
      }
    }
    const remembered = kernel.id && this._owners.get(kernel.id);
    if (remembered && this._managers.has(remembered)) {
      return this._provider(remembered);
    }
    return this._provider(this._providerIdOf(kernel.name));
  }

  /** The kernels of one place, empty before its first answer. */
  runningOf(providerId: string): readonly Kernel.IModel[] {
    return [...(this._managers.get(providerId)?.running() ?? [])];
  }

  /** The page's own connection to a kernel, undefined without one. */
  connectionOf(kernelId: string): Kernel.IKernelConnection | undefined {
    return this._connections.get(kernelId);
  }

  /** Whether a connection to the kernel has been there and is being waited for. */
  isReconnecting(kernelId: string): boolean {
    const status = this._connections.get(kernelId)?.connectionStatus;
    return status !== undefined && status !== 'connected' && this._wereConnected.has(kernelId);
  }

  connectTo(options: Kernel.IKernelConnection.IOptions): Kernel.IKernelConnection {
    const owner = this.ownerOf(options.model);
    const connection = this._manager(owner.id).connectTo(options);
    this._track(connection, owner.id);
    return connection;
  }

  async startNew(
    createOptions: Kernel.IKernelOptions = {},
    connectOptions: Omit<Kernel.IKernelConnection.IOptions, 'model' | 'serverSettings'> = {}
  ): Promise<Kernel.IKernelConnection> {
    const id = this._providerIdOf(createOptions.name);
    const connection = await this._manager(id).startNew(createOptions, connectOptions);
    this._track(connection, id);
    return connection;
  }

  async findById(id: string): Promise<Kernel.IModel | undefined> {
    for (const model of this.running()) {
      if (model.id === id) {
        return model;
      }
    }
    await this.refreshRunning();
    for (const model of this.running()) {
      if (model.id === id) {
        return model;
      }
    }
    return undefined;
  }

  async shutdown(id: string): Promise<void> {
    return this._manager(this.ownerOf({ id }).id).shutdown(id);
  }

  async shutdownAll(): Promise<void> {
    const results = await Promise.allSettled(
      [...this._managers.all()].map(manager => manager.shutdownAll())
    );
    const failed = results.find(result => result.status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
  }

  /** Rejects for the local server only; another place gets a moment to answer. */
  async refreshRunning(): Promise<void> {
    const [local] = await Promise.allSettled([
      this._local.refreshRunning(),
      ...this._managers
        .others()
        .map(([id, manager]) => timebox(manager.refreshRunning(), REFRESH_LIMIT_MS, id))
    ]);
    if (local.status === 'rejected') {
      throw local.reason;
    }
  }

  /** Ask one place again, now. */
  async refreshProvider(id: string): Promise<void> {
    await this._managers.get(id)?.refreshRunning();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._managers.dispose();
    super.dispose();
  }

  private _createManager(provider: IRuntimeProvider): KernelManager {
    const manager = new KernelManager({
      serverSettings: provider.serverSettings,
      kernelAPIClient: new QualifiedKernelClient(provider, (kernelId, asked) =>
        this._interruptAsked.emit({ kernelId, asked })
      ),
      kernelSpecAPIClient: new QualifiedKernelSpecClient(provider),
      standby: this._standby
    });
    if (this._commsOverSubshells !== undefined) {
      manager.commsOverSubshells = this._commsOverSubshells;
    }
    if (provider.id !== LOCAL_PROVIDER_ID) {
      manager.kernelInfoTimeout = this.kernelInfoTimeout;
      // A place that is down rejects its first poll; it is asked again by the poll itself.
      manager.ready.catch(() => undefined);
    }
    manager.runningChanged.connect(this._onRunningChanged, this);
    return manager;
  }

  private get _local(): KernelManager {
    return this._managers.local;
  }

  private _onRunningChanged(): void {
    this._runningChanged.emit([...this.running()]);
  }

  private _track(connection: Kernel.IKernelConnection, providerId: string): void {
    const { id } = connection;
    this._owners.set(id, providerId);
    this._connections.set(id, connection);
    const emit = () => {
      if (connection.connectionStatus === 'connected') {
        this._wereConnected.add(id);
      }
      this._statusChanged.emit(id);
    };
    connection.statusChanged.connect(emit);
    connection.connectionStatusChanged.connect(emit);
    connection.disposed.connect(() => {
      if (this._connections.get(id) === connection) {
        this._connections.delete(id);
        emit();
      }
    });
    emit();
  }

  private _providerIdOf(name: string | undefined): string {
    return name === undefined
      ? LOCAL_PROVIDER_ID
      : parseName(name, id => this._managers.has(id)).providerId;
  }

  private _provider(id: string): IRuntimeProvider {
    const provider = this._providers.get(id);
    if (!provider) {
      throw new Error(`The place '${id}' is not there any more.`);
    }
    return provider;
  }

  private _manager(id: string): KernelManager {
    const manager = this._managers.get(id);
    if (!manager) {
      throw new Error(`The place '${id}' is not there any more.`);
    }
    return manager;
  }

  private readonly _providers: IRuntimeProviders;
  private readonly _standby: CompositeKernelManager.IOptions['standby'];
  private readonly _managers: PerProvider<KernelManager>;
  /** Kernels that were connected to, and their place: a list may lag behind. */
  private readonly _owners = new Map<string, string>();
  private readonly _connections = new Map<string, Kernel.IKernelConnection>();
  private readonly _wereConnected = new Set<string>();
  private _commsOverSubshells: CommsOverSubshells | undefined;
  private readonly _runningChanged = new Signal<this, Kernel.IModel[]>(this);
  private readonly _statusChanged = new Signal<this, string>(this);
  private readonly _interruptAsked = new Signal<this, IAskedInterrupt>(this);
  private readonly _connectionFailure = new Signal<this, ServerConnection.NetworkError>(this);
}

export namespace CompositeKernelManager {
  export interface IOptions {
    readonly providers: IRuntimeProviders;
    /** The user's own server: must be registered in `providers` too. */
    readonly local: IRuntimeProvider;
    readonly standby?: KernelManager.IOptions['standby'];
  }
}
