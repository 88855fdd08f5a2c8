import type { Kernel, Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type {
  CompositeKernelManager,
  CompositeKernelSpecManager,
  CompositeSessionClient
} from '../kernels';
import { qualifyName, titleOf, unqualifyName } from '../kernels';
import type {
  IFailedInterrupt,
  ILaunchTerms,
  InterruptOutcome,
  IPauseOptions,
  IResumedRuntime,
  IRuntimeChoice,
  IRuntimeDetail,
  IRuntimeManager,
  IRuntimeModel,
  IRuntimeProvider,
  IRuntimeProviders,
  RuntimeChange
} from '../tokens';
import { ResumeWatch } from './resumeWatch';
import type { RememberedUses } from './rememberedUses';
import { InterruptWatch } from './interruptWatch';
import { KernelOwners } from './kernelOwners';
import { runtimeModel } from './model';
import { plainText } from './plainText';

/** Changes within so long are one `changed`, ms. */
const SETTLE_MS = 30;

/** All runtimes of all places, put together from the composite managers and
 *  from what the providers know beyond them. */
export class RuntimeManager implements IRuntimeManager, IDisposable {
  constructor(private readonly _options: RuntimeManager.IOptions) {
    const { providers, kernels, kernelspecs, sessions, sessionClient } = _options;
    kernels.runningChanged.connect(this._onChanged, this);
    kernels.statusChanged.connect(this._onChanged, this);
    kernelspecs.specsChanged.connect(this._onChanged, this);
    sessions.runningChanged.connect(this._onChanged, this);
    sessionClient.listedLate.connect(this._onListedLate, this);
    providers.changed.connect(this._onProvidersChanged, this);
    this._onProvidersChanged();
    this._interrupts = new InterruptWatch(kernels, id => this.findByKernelId(id));
    this._interrupts.failed.connect((_, failed) => this._interruptFailed.emit(failed));
    _options.uses.changed.connect(this._onChanged, this);
  }

  get providers(): IRuntimeProviders {
    return this._options.providers;
  }

  get runtimes(): readonly IRuntimeModel[] {
    this._runtimes ??= this.providers.list().flatMap(provider => this._runtimesOf(provider));
    return this._runtimes;
  }

  get choices(): readonly IRuntimeChoice[] {
    this._choices ??= this.providers.list().flatMap(provider => this._choicesOf(provider));
    return this._choices;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get interruptFailed(): ISignal<this, IFailedInterrupt> {
    return this._interruptFailed;
  }

  get resumed(): ISignal<this, IResumedRuntime> {
    return this._resumed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  findByKernelId(kernelId: string): IRuntimeModel | undefined {
    return this.runtimes.find(runtime => runtime.kernelId === kernelId);
  }

  async launch(
    choice: IRuntimeChoice,
    options: { path?: string; terms?: ILaunchTerms; signal?: AbortSignal } = {}
  ): Promise<{ kernelId: string }> {
    const { provider, kernelName } = choice;
    const name = unqualifyName(provider.id, kernelName);
    const model = provider.launch
      ? await provider.launch(name, options)
      : await startKernel(provider, { name, path: options.path });
    await this._options.kernels.refreshProvider(provider.id);
    return { kernelId: model.id };
  }

  async interrupt(
    runtime: IRuntimeModel,
    options: { answerTimeoutMs?: number; signal?: AbortSignal } = {}
  ): Promise<InterruptOutcome> {
    const { kernelId, provider } = runtime;
    if (kernelId === null) {
      return 'impossible';
    }
    const asked = provider.kernelClient.interrupt(kernelId);
    return this._interrupts.follow({ kernelId, asked }, provider, options);
  }

  async restart(runtime: IRuntimeModel): Promise<void> {
    const { kernelId, provider } = runtime;
    if (kernelId === null) {
      return;
    }
    const connection = this._options.kernels.connectionOf(kernelId);
    if (!connection) {
      await provider.kernelClient.restart(kernelId);
      return;
    }
    await connection.restart();
    // The status is `starting` until the kernel has answered a request that Lab counts,
    // and of those a restart makes none. Where it is not answered, the status tells.
    connection.requestIsComplete({ code: '' }).catch(() => undefined);
  }

  async terminate(runtime: IRuntimeModel): Promise<void> {
    const { kernelId, provider, state } = runtime;
    if (kernelId !== null && state === 'running') {
      await this._options.kernels.shutdown(kernelId);
    } else {
      await provider.discard?.(ownIdOf(runtime));
    }
    await this._refreshSessions();
  }

  async extend(runtime: IRuntimeModel, minutes: number): Promise<void> {
    await runtime.provider.extend?.(ownIdOf(runtime), minutes);
  }

  async pause(runtime: IRuntimeModel, options: IPauseOptions = {}): Promise<void> {
    await runtime.provider.pause?.(ownIdOf(runtime), options);
    await this._refreshProvider(runtime.provider);
  }

  async resume(
    runtime: IRuntimeModel,
    options: { signal?: AbortSignal } = {}
  ): Promise<{ kernelId: string }> {
    const { provider, name } = runtime;
    const model = await provider.resume?.(ownIdOf(runtime), options);
    if (model === undefined) {
      throw new RuntimeError('NOT_RUNNING', `${name} can't be resumed: its place keeps no state.`);
    }
    await this._refreshProvider(provider);
    return { kernelId: model.id };
  }

  async change(runtime: IRuntimeModel, change: RuntimeChange): Promise<void> {
    await runtime.provider.change?.(ownIdOf(runtime), change);
  }

  async *logs(
    runtime: IRuntimeModel,
    options: { tail?: number; follow?: boolean; signal?: AbortSignal }
  ): AsyncIterable<string> {
    yield* runtime.provider.logs?.(ownIdOf(runtime), options) ?? [];
  }

  async refresh(): Promise<void> {
    const { kernels, kernelspecs, sessions } = this._options;
    await Promise.allSettled([
      ...this.providers.list().map(provider => provider.refresh()),
      kernels.refreshRunning(),
      kernelspecs.refreshSpecs(),
      sessions.refreshRunning()
    ]);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._settling);
    this._interrupts.dispose();
    this._watched.forEach(provider => this._unwatch(provider));
    Signal.disconnectReceiver(this);
    Signal.clearData(this);
  }

  private _runtimesOf(provider: IRuntimeProvider): IRuntimeModel[] {
    const details = new Map<string, IRuntimeDetail>();
    const withoutKernel: IRuntimeDetail[] = [];
    const listed = this._options.kernels.runningOf(provider.id);
    const running = this._ownersOf(provider).current(listed, provider.details);
    for (const detail of provider.details) {
      if (running.some(kernel => kernel.id === detail.kernelId)) {
        details.set(detail.kernelId ?? '', detail);
      } else {
        withoutKernel.push(detail);
      }
    }
    return [
      ...running.map(kernel => this._model(provider, kernel, details.get(kernel.id))),
      ...withoutKernel.map(detail => this._model(provider, undefined, detail))
    ].sort((a, b) => (b.lastActivity ?? '').localeCompare(a.lastActivity ?? ''));
  }

  private _ownersOf(provider: IRuntimeProvider): KernelOwners {
    let owners = this._owners.get(provider);
    if (!owners) {
      owners = new KernelOwners();
      this._owners.set(provider, owners);
    }
    return owners;
  }

  private _model(
    provider: IRuntimeProvider,
    kernel: Kernel.IModel | undefined,
    detail: IRuntimeDetail | undefined
  ): IRuntimeModel {
    const { kernels, kernelspecs, sessions, sessionClient, uses } = this._options;
    const connection = kernel && kernels.connectionOf(kernel.id);
    const kernelName = kernel?.name ?? qualifyName(provider.id, detail?.specName ?? '');
    const spec = kernelspecs.specs?.kernelspecs[kernelName];
    return runtimeModel({
      provider,
      kernel,
      detail,
      kernelName,
      specTitle: spec ? titleOf(spec) : unqualifyName(provider.id, kernelName),
      live: connection && {
        status: connection.status,
        isConnected: connection.connectionStatus === 'connected'
      },
      isReconnecting: kernel !== undefined && kernels.isReconnecting(kernel.id),
      sessions: kernel
        ? [...sessions.running()].filter(session => session.kernel?.id === kernel.id)
        : [],
      lastUsedBy: (kernel && sessionClient.unassignedNames.get(kernel.id)) ?? null,
      rememberedUses: uses.of(`${provider.id}/${detail?.id ?? kernel?.id ?? ''}`)
    });
  }

  private _choicesOf(provider: IRuntimeProvider): IRuntimeChoice[] {
    return this._options.kernelspecs.specsOf(provider.id).map(spec => {
      const description = spec.metadata?.['runtimes_description'];
      const reason = spec.metadata?.['runtimes_unavailable_reason'];
      return {
        provider,
        kernelName: spec.name,
        title: titleOf(spec),
        language: spec.language,
        description: typeof description === 'string' ? plainText(description) : '',
        unavailableReason: typeof reason === 'string' ? reason : '',
        environment: provider.environment?.(unqualifyName(provider.id, spec.name)) ?? null
      };
    });
  }

  private _onProvidersChanged(): void {
    const providers = new Set(this.providers.list());
    for (const provider of providers) {
      if (!this._watched.has(provider)) {
        this._watched.add(provider);
        provider.statusChanged.connect(this._onStatusChanged, this);
        provider.detailsChanged.connect(this._onDetailsChanged, this);
      }
    }
    for (const provider of this._watched) {
      if (!providers.has(provider)) {
        this._unwatch(provider);
      }
    }
    this._onChanged();
    void this._refreshSessions();
  }

  private _unwatch(provider: IRuntimeProvider): void {
    this._watched.delete(provider);
    provider.statusChanged.disconnect(this._onStatusChanged, this);
    provider.detailsChanged.disconnect(this._onDetailsChanged, this);
  }

  /** A place that has come (back) is asked at once for what runs there. */
  private _onStatusChanged(provider: IRuntimeProvider): void {
    if (provider.status === 'connected') {
      void this._refreshProvider(provider);
    }
    this._onChanged();
  }

  private _onDetailsChanged(provider: IRuntimeProvider): void {
    const listed = this._options.kernels.runningOf(provider.id);
    const known = new Set(listed.map(({ id }) => id));
    const told = provider.details.filter(({ state }) => state === 'running' || state === 'pausing');
    const isNew = told.some(({ kernelId }) => kernelId !== null && !known.has(kernelId));
    if (isNew || told.length !== known.size) {
      void this._refreshProvider(provider);
    }
    this._onChanged();
  }

  /** The place reports its own failures, through its status. */
  private async _refreshProvider(provider: IRuntimeProvider): Promise<void> {
    await this._options.kernels.refreshProvider(provider.id).catch(() => undefined);
    await this._refreshSessions();
  }

  private _onListedLate(): void {
    void this._refreshSessions();
  }

  /** Lab shows the local server's failures itself. */
  private async _refreshSessions(): Promise<void> {
    await this._options.sessions.refreshRunning().catch(() => undefined);
  }

  /** Those whose kernel, where they run, Lab's kernel manager knows already: it has to know whose it is. */
  private _settled(): IRuntimeModel[] {
    const listed = new Set([...this._options.kernels.running()].map(({ id }) => id));
    return this.runtimes.filter(
      ({ state, kernelId }) => state !== 'running' || listed.has(kernelId ?? '')
    );
  }

  private _onChanged(): void {
    this._runtimes = null;
    this._choices = null;
    this._settling ??= setTimeout(() => {
      this._settling = undefined;
      if (!this._isDisposed) {
        this._options.uses.note(this.runtimes);
        const resumed = this._resumes.look(this._settled(), key => this._options.uses.of(key));
        this._changed.emit();
        resumed.forEach(one => this._resumed.emit(one));
      }
    }, SETTLE_MS);
  }

  private _runtimes: readonly IRuntimeModel[] | null = null;
  private readonly _owners = new WeakMap<IRuntimeProvider, KernelOwners>();
  private _choices: readonly IRuntimeChoice[] | null = null;
  private readonly _watched = new Set<IRuntimeProvider>();
  private _settling: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
  private readonly _interrupts: InterruptWatch;
  private readonly _resumes = new ResumeWatch();
  private readonly _resumed = new Signal<this, IResumedRuntime>(this);
  private readonly _interruptFailed = new Signal<this, IFailedInterrupt>(this);
  private readonly _changed = new Signal<this, void>(this);
}

export namespace RuntimeManager {
  export interface IOptions {
    readonly providers: IRuntimeProviders;
    readonly kernels: CompositeKernelManager;
    readonly kernelspecs: CompositeKernelSpecManager;
    readonly sessions: Session.IManager;
    readonly sessionClient: CompositeSessionClient;
    readonly uses: RememberedUses;
  }
}

/** A kernel in the document's folder: Jupyter Server takes a path along. */
function startKernel(
  provider: IRuntimeProvider,
  options: { name: string; path?: string }
): Promise<Kernel.IModel> {
  return provider.kernelClient.startNew(options);
}

function ownIdOf(runtime: IRuntimeModel): string {
  return runtime.key.slice(runtime.provider.id.length + 1);
}
