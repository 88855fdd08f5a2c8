/** A place in memory, and the ways in which a place can be bad. For specs. */
import type { Kernel, KernelSpec, ServerConnection, Session } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type {
  IPortableKernelSpec,
  IRuntimeCapabilities,
  IRuntimeDetail,
  IRuntimeProvider,
  Place,
  ProviderStatus
} from '../tokens';

export interface IFakeProviderOptions {
  readonly id?: string;
  readonly place?: Place;
  readonly label?: string;
  readonly rank?: number;
  readonly capabilities?: Partial<IRuntimeCapabilities>;
  /** Names of kernelspecs; each is its own display name. */
  readonly specs?: readonly string[];
}

/** Nothing is asked over a network, and jsdom has no `fetch` to make settings of. */
const NOWHERE = { baseUrl: 'http://fake.invalid/' } as ServerConnection.ISettings;

/** Answers at once, and keeps what it is asked to start. */
export class FakeProvider implements IRuntimeProvider {
  constructor(options: IFakeProviderOptions = {}) {
    this.id = options.id ?? 'fake';
    this.place = options.place ?? 'remote';
    this.label = options.label ?? 'Fake place';
    this.rank = options.rank ?? 50;
    this.specs = options.specs ?? ['python'];
    this.capabilities = {
      interrupt: true,
      restart: true,
      terminate: true,
      extend: false,
      pause: false,
      resume: false,
      snapshot: false,
      survivesReload: true,
      ...options.capabilities
    };
  }

  readonly id: string;
  readonly place: Place;
  readonly label: string;
  readonly rank: number;
  readonly specs: readonly string[];
  readonly capabilities: IRuntimeCapabilities;
  readonly serverSettings = NOWHERE;
  readonly kernels = new Map<string, Kernel.IModel>();
  readonly sessions = new Map<string, Session.IModel>();
  readonly interrupted: string[] = [];
  details: readonly IRuntimeDetail[] = [];

  get status(): ProviderStatus {
    return this._status;
  }

  get lastError(): RuntimeError | null {
    return this._lastError;
  }

  get statusChanged(): ISignal<this, void> {
    return this._statusChanged;
  }

  get detailsChanged(): ISignal<this, void> {
    return this._detailsChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._disposed.emit();
      Signal.clearData(this);
    }
  }

  /** As the backend would have it, seen from the outside. */
  setStatus(status: ProviderStatus, lastError: RuntimeError | null = null): void {
    this._status = status;
    this._lastError = lastError;
    this._statusChanged.emit();
  }

  setDetails(details: readonly IRuntimeDetail[]): void {
    this.details = details;
    this._detailsChanged.emit();
  }

  readonly kernelClient: Kernel.IKernelAPIClient = {
    serverSettings: this.serverSettings,
    listRunning: () => this.answer(() => [...this.kernels.values()]),
    getModel: id => this.answer(() => this.kernels.get(id)),
    startNew: options => this.answer(() => this.startKernel(options?.name)),
    restart: id => this.answer(() => void this.kernel(id)),
    interrupt: id => this.answer(() => void this.interrupted.push(this.kernel(id).id)),
    shutdown: id => this.answer(() => void this.kernels.delete(id))
  };

  readonly sessionClient: Session.ISessionAPIClient = {
    serverSettings: this.serverSettings,
    listRunning: () => this.answer(() => [...this.sessions.values()]),
    getModel: id => this.answer(() => this.session(id)),
    startNew: options =>
      this.answer(() => {
        const { path, name, type } = options;
        const id = `${this.id}-session-${++this._count}`;
        const model = { id, path, name, type, kernel: this.startKernel(options.kernel?.name) };
        this.sessions.set(id, model);
        return model;
      }),
    shutdown: id =>
      this.answer(() => {
        this.kernels.delete(this.session(id).kernel?.id ?? '');
        this.sessions.delete(id);
      }),
    update: change =>
      this.answer(() => {
        const before = this.session(change.id);
        const { kernel, ...rest } = change;
        const chosen = kernel?.id ? this.kernel(kernel.id) : kernel?.name;
        const next = typeof chosen === 'string' ? this.startKernel(chosen) : chosen;
        const model: Session.IModel = { ...before, ...rest, kernel: next ?? before.kernel };
        this.sessions.set(model.id, model);
        return model;
      })
  };

  readonly kernelSpecClient: KernelSpec.IKernelSpecAPIClient = {
    serverSettings: this.serverSettings,
    get: () => this.answer(() => this.specModels())
  };

  portableSpec(specName: string): IPortableKernelSpec {
    return { name: specName, display_name: specName, language: 'python' };
  }

  async refresh(): Promise<void> {
    await this.answer(() => this.setStatus('connected'));
  }

  /** How it answers whatever it is asked. */
  protected async answer<T>(result: () => T): Promise<T> {
    return result();
  }

  private startKernel(name = 'python'): Kernel.IModel {
    if (!this.specs.includes(name)) {
      throw new RuntimeError('ENVIRONMENT_NOT_FOUND', `${this.label} has no “${name}”.`);
    }
    const id = `${this.id}-kernel-${++this._count}`;
    const model: Kernel.IModel = { id, name, execution_state: 'idle' };
    this.kernels.set(id, model);
    return model;
  }

  private kernel(id: string): Kernel.IModel {
    return found(this.kernels.get(id), id);
  }

  private session(id: string): Session.IModel {
    return found(this.sessions.get(id), id);
  }

  private specModels(): KernelSpec.ISpecModels {
    const models = this.specs.map((name): [string, KernelSpec.ISpecModel] => [
      name,
      { name, display_name: name, language: 'python', argv: [], resources: {} }
    ]);
    return { default: this.specs[0] ?? '', kernelspecs: Object.fromEntries(models) };
  }

  private _status: ProviderStatus = 'connected';
  private _lastError: RuntimeError | null = null;
  private _isDisposed = false;
  private _count = 0;
  private readonly _statusChanged = new Signal<this, void>(this);
  private readonly _detailsChanged = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
}

/** Answers when it is told to. */
export class SlowProvider extends FakeProvider {
  /** Let everything that waits be answered. */
  release(): void {
    this._waiting.splice(0).forEach(resolve => resolve());
  }

  protected override async answer<T>(result: () => T): Promise<T> {
    await new Promise<void>(resolve => this._waiting.push(resolve));
    return result();
  }

  private readonly _waiting: (() => void)[] = [];
}

/** Never answers, like a machine behind a firewall that drops packets. */
export class NeverProvider extends FakeProvider {
  protected override answer<T>(): Promise<T> {
    return new Promise(() => undefined);
  }
}

/** Refuses everything until it is mended. */
export class BadProvider extends FakeProvider {
  isMended = false;

  protected override async answer<T>(result: () => T): Promise<T> {
    if (!this.isMended) {
      const error = new RuntimeError(
        'UNREACHABLE',
        `${this.label} does not answer: check that it runs, then try again.`
      );
      this.setStatus('failed', error);
      throw error;
    }
    return result();
  }
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) {
    throw new RuntimeError('NOT_FOUND', `There is no ${id}.`);
  }
  return value;
}
