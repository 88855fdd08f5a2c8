/** Deadlines that are near, and runtimes that were paused or ended without the user: told once, in notices. */
import type { RuntimeState } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { extensionMinutes } from '../life';
import { timeOfDay } from '../time';
import type { INotices } from './notices';

export interface ILifeNoticesOptions {
  readonly manager: IRuntimeManager;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
  readonly extend: (runtime: IRuntimeModel) => Promise<void>;
}

interface ISeen {
  readonly state: RuntimeState;
  readonly warning: string;
}

export class LifeNotices implements IDisposable {
  constructor(private readonly options: ILifeNoticesOptions) {
    options.manager.changed.connect(this.look, this);
    this.look();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.options.manager.changed.disconnect(this.look, this);
    }
  }

  private look(): void {
    const { manager, notices } = this.options;
    for (const runtime of manager.runtimes) {
      if (runtime.life !== null) {
        this.tellWarning(runtime);
        this.tellEnd(runtime);
        this._seen.set(runtime.key, {
          state: runtime.state,
          warning: runtime.life.warning?.message ?? ''
        });
      }
    }
    const there = new Set(manager.runtimes.map(({ key }) => key));
    for (const [key, id] of this._shown) {
      if (!there.has(key)) {
        notices.dismiss(id);
        this._shown.delete(key);
      }
    }
  }

  private tellWarning(runtime: IRuntimeModel): void {
    const { notices, trans, extend } = this.options;
    const { key, name, life } = runtime;
    const warning = life?.warning ?? null;
    const shown = this._shown.get(key) ?? null;
    if (warning === null) {
      if (shown !== null) {
        notices.dismiss(shown);
        this._shown.delete(key);
      }
      return;
    }
    if (warning.message === this._seen.get(key)?.warning) {
      return;
    }
    const minutes = extensionMinutes(runtime);
    const canExtend = warning.kind !== 'idle' && minutes > 0 && runtime.can('extend');
    const action = canExtend
      ? { label: trans.__('Extend by %1 min', minutes), run: () => void extend(runtime) }
      : null;
    const message = trans.__('“%1”: %2', name, warning.message);
    this._shown.set(key, notices.warn(shown, message, action));
  }

  /** What it was before must be known: nobody is told of yesterday's pause at each reload. */
  private tellEnd({ key, name, state, stateReason, life }: IRuntimeModel): void {
    const { notices, trans } = this.options;
    const before = this._seen.get(key)?.state;
    if (before === undefined || before === state || stateReason === '') {
      return;
    }
    if (state === 'expired') {
      notices.error(trans.__('“%1” has ended.', name), stateReason);
    } else if (state === 'paused' && before !== 'resuming') {
      const asOf =
        life?.stateAsOf == null
          ? ''
          : trans.__('Its state is that of %1.', timeOfDay(life.stateAsOf, Date.now()));
      notices.info(
        [trans.__('“%1” is paused.', name), stateReason, asOf].filter(Boolean).join(' ')
      );
    }
  }

  /** By the runtimes' keys. */
  private readonly _seen = new Map<string, ISeen>();
  private readonly _shown = new Map<string, string>();
  private _isDisposed = false;
}
