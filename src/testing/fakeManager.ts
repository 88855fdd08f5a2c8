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
  InterruptOutcome,
  IRuntimeChoice,
  IRuntimeManager,
  IRuntimeModel,
  IRuntimeProvider,
  IRuntimeProviders
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
  /** What every action fails with. */
  failure: Error | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get interruptFailed(): ISignal<this, IFailedInterrupt> {
    return this._interruptFailed;
  }

  /** Change the lists, and say so. */
  set(lists: { runtimes?: readonly IRuntimeModel[]; choices?: readonly IRuntimeChoice[] }): void {
    Object.assign(this, lists);
    this._changed.emit();
  }

  findByKernelId(kernelId: string): IRuntimeModel | undefined {
    return this.runtimes.find(runtime => runtime.kernelId === kernelId);
  }

  async launch(choice: IRuntimeChoice): Promise<{ kernelId: string }> {
    this.ask(`launch ${choice.kernelName}`);
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

  async refresh(): Promise<void> {
    this.ask('refresh');
  }

  private ask(what: string): void {
    this.asked.push(what);
    if (this.failure !== null) {
      throw this.failure;
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _interruptFailed = new Signal<this, IFailedInterrupt>(this);
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
    lastUsedBy: null,
    otherKernels: 0,
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
    ...overrides
  };
}
