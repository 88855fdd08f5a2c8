/** What an open picker shows, and which option is active. No DOM. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeManager, IRuntimeModel, IRuntimeProvider, IRuntimeWish } from '../../tokens';
import type { IPickerGroup, PickerOption } from './options';
import {
  buildGroups,
  filterGroups,
  flatten,
  initialKey,
  isChoosable,
  keepActive,
  keepOrder
} from './options';

/** Options that PageUp and PageDown jump over. */
const PAGE = 8;

export type Move = 'next' | 'previous' | 'pageDown' | 'pageUp' | 'first' | 'last';

export interface IPickerModelOptions {
  readonly manager: IRuntimeManager;
  /** Qualified kernelspec names, the latest first. */
  readonly recents: readonly string[];
  readonly wish: IRuntimeWish | null;
  readonly sessionContext: Pick<ISessionContext, 'session' | 'kernelPreference'>;
  /** There is a launch form. */
  readonly hasLaunchForm?: boolean;
}

export class PickerModel implements IDisposable {
  constructor(private readonly options: IPickerModelOptions) {
    this._all = this.build();
    this._shown = this._all;
    this._activeKey = initialKey(this._shown);
    options.manager.changed.connect(this.update, this);
    options.manager.providers.changed.connect(this.update, this);
    this.watchProviders();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get groups(): readonly IPickerGroup[] {
    return this._shown;
  }

  get query(): string {
    return this._query;
  }

  set query(query: string) {
    if (query === this._query) {
      return;
    }
    this._query = query;
    this._shown = filterGroups(this._all, query);
    const options = flatten(this._shown);
    this._activeKey =
      query.trim() === ''
        ? initialKey(this._shown)
        : ((options.find(isChoosable) ?? options[0])?.key ?? null);
    this._changed.emit();
  }

  get activeKey(): string | null {
    return this._activeKey;
  }

  get active(): PickerOption | null {
    return flatten(this._shown).find(({ key }) => key === this._activeKey) ?? null;
  }

  /** The runtime that the document has now. */
  get current(): IRuntimeModel | null {
    const id = this.currentKernelId;
    return id === null ? null : (this.options.manager.findByKernelId(id) ?? null);
  }

  get hasKernel(): boolean {
    return this.currentKernelId !== null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  /** Make an option the active one. */
  activate(key: string): void {
    if (key !== this._activeKey) {
      this._activeKey = key;
      this._changed.emit();
    }
  }

  /** Walk the options; the ends do not wrap into each other. */
  move(move: Move): void {
    const options = flatten(this._shown);
    const last = options.length - 1;
    const index = options.findIndex(({ key }) => key === this._activeKey);
    const targets: Record<Move, number> = {
      next: index + 1,
      previous: index - 1,
      pageDown: index + PAGE,
      pageUp: index - PAGE,
      first: 0,
      last
    };
    const target = options[Math.min(Math.max(targets[move], 0), last)];
    if (target !== undefined) {
      this.activate(target.key);
    }
  }

  /** Ask a failed place again. Its status tells how that went. */
  async retry(provider: IRuntimeProvider): Promise<void> {
    this._retrying.add(provider.id);
    this._changed.emit();
    try {
      await provider.refresh();
    } catch {
      // The provider keeps the failure as its `lastError`, which the row shows.
    } finally {
      this._retrying.delete(provider.id);
      this.update();
    }
  }

  /** Whether a place is being asked again right now. */
  isRetrying(provider: IRuntimeProvider): boolean {
    return this._retrying.has(provider.id);
  }

  private get currentKernelId(): string | null {
    return this.options.sessionContext.session?.kernel?.id ?? null;
  }

  private build(): IPickerGroup[] {
    const { manager, recents, wish, sessionContext } = this.options;
    return buildGroups({
      providers: manager.providers.list(),
      runtimes: manager.runtimes,
      choices: manager.choices,
      recents,
      wish,
      currentKernelId: this.currentKernelId,
      language: sessionContext.kernelPreference.language ?? '',
      canStart: sessionContext.kernelPreference.canStart !== false,
      hasLaunchForm: this.options.hasLaunchForm ?? false
    });
  }

  private update(): void {
    if (this._isDisposed) {
      return;
    }
    this.watchProviders();
    const before = flatten(this._shown);
    this._all = keepOrder(this._all, this.build());
    this._shown = filterGroups(this._all, this._query);
    this._activeKey =
      this._activeKey === null
        ? initialKey(this._shown)
        : keepActive(this._activeKey, before, flatten(this._shown));
    this._changed.emit();
  }

  private watchProviders(): void {
    for (const provider of this.options.manager.providers.list()) {
      // Connecting twice is a no-op in Lumino.
      provider.statusChanged.connect(this.update, this);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _retrying = new Set<string>();
  private _all: readonly IPickerGroup[];
  private _shown: readonly IPickerGroup[];
  private _activeKey: string | null;
  private _query = '';
  private _isDisposed = false;
}
