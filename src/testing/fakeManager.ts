/** A runtime manager in memory, whose lists a spec sets. */
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { RuntimeAction } from '@jupyterlab-runtimes/core';
import { isAllowed } from '@jupyterlab-runtimes/core';

import { canBeTried } from '../runtime/model';
import type {
  IFailedInterrupt,
  ILaunchTerms,
  InterruptOutcome,
  IPauseOptions,
  IResumedRuntime,
  IRuntimeChoice,
  IRuntimeEnvironment,
  IRuntimeLife,
  IRuntimeManager,
  IRuntimeModel,
  IRuntimeProvider,
  IRuntimeProviders,
  RuntimeChange
} from '../tokens';
import { FakeProvider } from './fakeProvider';

export class FakeProviders implements IRuntimeProviders {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  add(provider: IRuntimeProvider): IDisposable {
    this._providers.set(provider.id, provider);
    this._changed.emit();
    return new DisposableDelegate(() => {
      this._providers.delete(provider.id);
      this._changed.emit();
    });
  }

  get(id: string): IRuntimeProvider | undefined {
    return this._providers.get(id);
  }

  list(): readonly IRuntimeProvider[] {
    return [...this._providers.values()].sort((a, b) => a.rank - b.rank);
  }

  private readonly _providers = new Map<string, IRuntimeProvider>();
  private readonly _changed = new Signal<this, void>(this);
}

export class FakeRuntimeManager implements IRuntimeManager {
  constructor(...providers: IRuntimeProvider[]) {
    providers.forEach(provider => this.providers.add(provider));
  }

  readonly providers = new FakeProviders();
  runtimes: readonly IRuntimeModel[] = [];
  choices: readonly IRuntimeChoice[] = [];
  /** What was asked, in order: `restart fake/1`. */
  readonly asked: string[] = [];
  /** How the next interrupts go. */
  interruptOutcome: InterruptOutcome = 'interrupted';
  /** What a log holds, in pieces. */
  log: readonly string[] = [];
  /** What every action fails with. */
  failure: Error | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get interruptFailed(): ISignal<this, IFailedInterrupt> {
    return this._interruptFailed;
  }

  get resumed(): ISignal<this, IResumedRuntime> {
    return this._resumed;
  }

  /** Change the lists, and say so. */
  set(lists: { runtimes?: readonly IRuntimeModel[]; choices?: readonly IRuntimeChoice[] }): void {
    Object.assign(this, lists);
    this._changed.emit();
  }

  findByKernelId(kernelId: string): IRuntimeModel | undefined {
    return this.runtimes.find(runtime => runtime.kernelId === kernelId);
  }

  async launch(
    choice: IRuntimeChoice,
    { terms }: { terms?: ILaunchTerms } = {}
  ): Promise<{ kernelId: string }> {
    this.ask(`launch ${choice.kernelName}${terms ? ` ${JSON.stringify(terms)}` : ''}`);
    return { kernelId: `kernel-of-${choice.kernelName}` };
  }

  async interrupt(runtime: IRuntimeModel): Promise<InterruptOutcome> {
    this.ask(`interrupt ${runtime.key}`);
    return this.interruptOutcome;
  }

  async restart(runtime: IRuntimeModel): Promise<void> {
    this.ask(`restart ${runtime.key}`);
  }

  async terminate(runtime: IRuntimeModel): Promise<void> {
    this.ask(`terminate ${runtime.key}`);
  }

  async extend(runtime: IRuntimeModel, minutes: number): Promise<void> {
    this.ask(`extend ${runtime.key} by ${minutes}`);
  }

  async pause(runtime: IRuntimeModel, options: IPauseOptions = {}): Promise<void> {
    this.ask(`pause ${runtime.key}${options.leave ? ` without ${options.leave.join(', ')}` : ''}`);
  }

  async resume(runtime: IRuntimeModel): Promise<{ kernelId: string }> {
    this.ask(`resume ${runtime.key}`);
    return { kernelId: `kernel-of-${runtime.key}` };
  }

  async change(runtime: IRuntimeModel, change: RuntimeChange): Promise<void> {
    this.ask(`change ${runtime.key} ${JSON.stringify(change)}`);
  }

  async *logs(runtime: IRuntimeModel): AsyncIterable<string> {
    this.ask(`logs ${runtime.key}`);
    yield* this.log;
  }

  async refresh(): Promise<void> {
    this.ask('refresh');
  }

  /** Tell that a runtime runs again. */
  emitResumed(resumed: IResumedRuntime): void {
    this._resumed.emit(resumed);
  }

  private ask(what: string): void {
    this.asked.push(what);
    if (this.failure !== null) {
      throw this.failure;
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _interruptFailed = new Signal<this, IFailedInterrupt>(this);
  private readonly _resumed = new Signal<this, IResumedRuntime>(this);
}

/** A runtime that runs and is idle, unless told otherwise. */
export function fakeRuntime(overrides: Partial<IRuntimeModel> = {}): IRuntimeModel {
  const provider = overrides.provider ?? new FakeProvider();
  const kernelId = 'kernelId' in overrides ? (overrides.kernelId ?? null) : 'kernel-1';
  const state = overrides.state ?? 'running';
  return {
    key: `${provider.id}/${kernelId ?? 'none'}`,
    provider,
    place: provider.place,
    kernelId,
    kernelName: `${provider.id}:python`,
    name: 'analysis',
    environment: 'Python 3',
    state,
    kernelStatus: 'idle',
    connection: 'connected',
    stateReason: '',
    progressPercent: null,
    startedAt: null,
    lastActivity: null,
    assignments: [],
    awaitedBy: [],
    lastUsedBy: null,
    otherKernels: 0,
    life: null,
    can: (action: RuntimeAction) => canBeTried(action, provider) && isAllowed(action, state),
    ...overrides
  };
}

export function fakeChoice(
  provider: IRuntimeProvider,
  name: string,
  overrides: Partial<IRuntimeChoice> = {}
): IRuntimeChoice {
  return {
    provider,
    kernelName: `${provider.id}:${name}`,
    title: name,
    language: 'python',
    description: '',
    unavailableReason: '',
    environment: null,
    ...overrides
  };
}

/** The life of a runtime without limits, unless told otherwise. */
export function fakeLife(overrides: Partial<IRuntimeLife> = {}): IRuntimeLife {
  return {
    reservation: null,
    idle: null,
    warning: null,
    snapshotId: null,
    stateAsOf: null,
    resources: {},
    storage: null,
    notes: [],
    ...overrides
  };
}

/** An environment without limits, unless told otherwise. */
export function fakeEnvironment(overrides: Partial<IRuntimeEnvironment> = {}): IRuntimeEnvironment {
  return {
    title: 'Python 3',
    description: '',
    givenNameTemplate: '',
    isDeprecated: false,
    examples: [],
    snippets: [],
    resourceRanges: {},
    defaultMinutes: null,
    maxMinutes: null,
    idleTimeoutSeconds: 0,
    idleAction: 'pause',
    ...overrides
  };
}
