/** What the user sees while a runtime starts: its name and stages, then how it went. */
import { STARTING_STATES } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { IRuntimeChoice, IRuntimeManager, IRuntimeModel } from '../../tokens';
import { sentence } from '../format';
import type { INotices } from '../status/notices';

/** Starts that take less than this are not talked about, milliseconds. */
const QUIET_MS = 700;

export interface ILaunchNoticeOptions {
  readonly manager: IRuntimeManager;
  readonly choice: IRuntimeChoice;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
  /** Default: `setTimeout`. */
  readonly delay?: (action: () => void, ms: number) => IDisposable;
}

export class LaunchNotice implements IDisposable {
  constructor(private readonly options: ILaunchNoticeOptions) {
    const { manager, delay = delayed } = options;
    this._before = new Set(manager.runtimes.map(({ key }) => key));
    this._timer = delay(() => this.show(), QUIET_MS);
    manager.changed.connect(this.update, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop following; what is shown stays. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._timer.dispose();
      this.options.manager.changed.disconnect(this.update, this);
    }
  }

  /** The runtime runs. */
  succeed(): void {
    const { notices, trans } = this.options;
    if (this._id !== null && !this._isDisposed) {
      notices.update(this._id, {
        message: trans.__('“%1” is ready.', this.name),
        type: 'success',
        autoCloseMs: 3000
      });
    }
    this.dispose();
  }

  /**
   * It does not.
   * @param isShownElsewhere JupyterLab itself has shown a dialog about it.
   */
  fail(error: unknown, isShownElsewhere: boolean): void {
    const { notices, trans } = this.options;
    if (this._id !== null) {
      notices.dismiss(this._id);
    }
    if (!isShownElsewhere) {
      notices.error(trans.__('“%1” could not be started.', this.name), sentence(error));
    }
    this.dispose();
  }

  private get launching(): IRuntimeModel | undefined {
    const { manager, choice } = this.options;
    return manager.runtimes.find(
      ({ key, kernelName, state }) =>
        kernelName === choice.kernelName &&
        !this._before.has(key) &&
        STARTING_STATES.includes(state)
    );
  }

  private get name(): string {
    return this._name || this.options.choice.title;
  }

  private show(): void {
    this._id = this.options.notices.progress(this.message(), this.progress());
  }

  private update(): void {
    this._name = this.launching?.name ?? this._name;
    if (this._id === null) {
      return;
    }
    const message = this.message();
    const progress = this.progress();
    if (message !== this._shown) {
      this._shown = message;
      this.options.notices.update(this._id, { message, type: 'in-progress', progress });
    }
  }

  private message(): string {
    const { choice, trans } = this.options;
    const runtime = this.launching;
    const reason = runtime?.stateReason ?? '';
    const start = trans.__('Starting “%1” on %2…', this.name, choice.provider.label);
    const percent = runtime?.progressPercent ?? null;
    const stage = [reason, percent === null ? '' : trans.__('(%1 %)', Math.round(percent))];
    return [start, ...stage].filter(Boolean).join(' ');
  }

  /** 0–1, undefined where it is not known. */
  private progress(): number | undefined {
    const percent = this.launching?.progressPercent ?? null;
    return percent === null ? undefined : percent / 100;
  }

  private readonly _before: ReadonlySet<string>;
  private readonly _timer: IDisposable;
  private _id: string | null = null;
  private _name = '';
  private _shown = '';
  private _isDisposed = false;
}

function delayed(action: () => void, ms: number): IDisposable {
  const timer = setTimeout(action, ms);
  let isDisposed = false;
  return {
    get isDisposed() {
      return isDisposed;
    },
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
    }
  };
}
