/** What a runtime's server says, as text that grows. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { sentence } from '../format';

/** Lines that are asked for at first, and characters that are kept. */
const TAIL_LINES = 1000;
const MAX_CHARACTERS = 2_000_000;
/** After a loss, before it is asked for again, milliseconds. */
const RETRY_MS = 5000;

export interface ILogViewOptions {
  readonly manager: Pick<IRuntimeManager, 'logs' | 'runtimes'>;
  readonly runtime: IRuntimeModel;
  readonly trans: TranslationBundle;
}

/** Reads while it is visible and follows; what is hidden costs nothing. */
export class LogView extends Widget {
  constructor(private readonly options: ILogViewOptions) {
    super();
    const { runtime, trans } = options;
    this.addClass('jp-RuntimesLog');
    this._text.className = 'jp-RuntimesLog-text';
    this._text.tabIndex = 0;
    this._text.setAttribute('role', 'log');
    this._text.setAttribute('aria-live', 'off');
    this._text.setAttribute('aria-label', trans.__('Log of %1', runtime.name));
    this._note.className = 'jp-RuntimesLog-note';
    this._note.setAttribute('role', 'status');
    this.node.append(this._text, this._note);
  }

  /** Whether new lines are read, and scrolled to. */
  get isFollowing(): boolean {
    return this._isFollowing;
  }
  set isFollowing(value: boolean) {
    if (value !== this._isFollowing) {
      this._isFollowing = value;
      this.readOrStop();
    }
  }

  override dispose(): void {
    this.stop();
    super.dispose();
  }

  protected override onAfterShow(_: Message): void {
    this.readOrStop();
  }

  protected override onAfterAttach(_: Message): void {
    this.readOrStop();
  }

  protected override onBeforeHide(_: Message): void {
    this.stop();
  }

  private readOrStop(): void {
    this.stop();
    if (!this.isDisposed && this.isVisible) {
      this._reading = new AbortController();
      void this.read(this._reading.signal);
    }
  }

  private stop(): void {
    this._reading?.abort();
    this._reading = null;
    clearTimeout(this._retry);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const { manager, runtime, trans } = this.options;
    const current = manager.runtimes.find(({ key }) => key === runtime.key);
    if (current === undefined) {
      this.say(trans.__('“%1” is not there any more.', runtime.name));
      return;
    }
    try {
      let isFirst = true;
      const follow = this._isFollowing;
      for await (const piece of manager.logs(current, { tail: TAIL_LINES, follow, signal })) {
        if (signal.aborted) {
          return;
        }
        this.append(piece, isFirst);
        this.say('');
        isFirst = false;
      }
      if (isFirst && !signal.aborted) {
        this.say(trans.__('It has said nothing yet.'));
      }
    } catch (error) {
      if (!signal.aborted) {
        this.say(sentence(error));
      }
    }
    if (!signal.aborted && this._isFollowing) {
      this._retry = setTimeout(() => this.readOrStop(), RETRY_MS);
    }
  }

  private append(piece: string, replaces: boolean): void {
    const text = (replaces ? '' : (this._text.textContent ?? '')) + piece;
    this._text.textContent = text.slice(-MAX_CHARACTERS);
    if (this._isFollowing) {
      this._text.scrollTop = this._text.scrollHeight;
    }
  }

  private say(note: string): void {
    if (this._note.textContent !== note) {
      this._note.textContent = note;
    }
  }

  private readonly _text = document.createElement('pre');
  private readonly _note = document.createElement('div');
  private _isFollowing = true;
  private _reading: AbortController | null = null;
  private _retry: ReturnType<typeof setTimeout> | undefined;
}
