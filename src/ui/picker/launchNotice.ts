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

/**
 * Run a launch, and tell how it goes. Never rejects: a failure is what the
 * notice is for.
 *
 * @param options.isShownElsewhere JupyterLab itself shows a dialog when it fails.
 * @param launch Its signal is aborted when the user gives the launch up.
 */
export async function withLaunchNotice(
  options: ILaunchNoticeOptions & { readonly isShownElsewhere?: boolean },
  launch: (signal: AbortSignal) => Promise<unknown>
): Promise<void> {
  const controller = new AbortController();
  const canCancel = options.choice.provider.launch !== undefined;
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const notice = new LaunchNotice(options, canCancel ? () => controller.abort() : null);
  try {
    await launch(controller.signal);
    notice.succeed();
  } catch (error) {
    notice.fail(error, (options.isShownElsewhere ?? false) || controller.signal.aborted);
  } finally {
    notice.dispose();
  }
}

export class LaunchNotice implements IDisposable {
  /** @param cancel Gives the launch up; null where that can't be done. */
  constructor(
    private readonly options: ILaunchNoticeOptions,
    private readonly cancel: (() => void) | null = null
  ) {
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
   * @param isQuiet The user knows already.
   */
  fail(error: unknown, isQuiet: boolean): void {
    const { notices, trans } = this.options;
    if (this._id !== null) {
      notices.dismiss(this._id);
    }
    if (!isQuiet) {
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
    this._shown = this.message();
    this._id = this.options.notices.progress(this._shown, this.progress(), this.cancel);
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
