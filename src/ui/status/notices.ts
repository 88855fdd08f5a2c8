/** Notices: a small port, so that what decides them needs no DOM, and its adapter to Lab's notifications. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { splitReason } from '../reason';

export interface INoticeUpdate {
  readonly message: string;
  readonly type: 'in-progress' | 'success';
  /** 0–1. */
  readonly progress?: number;
  /** Default: it stays until it is dismissed. */
  readonly autoCloseMs?: number;
}

export interface INoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export interface INotices {
  /**
   * @param progress 0–1, where it is known.
   * @param cancel Offered as a button where it is not null.
   * @returns The notice's id.
   */
  progress(message: string, progress: number | undefined, cancel: (() => void) | null): string;
  update(id: string, update: INoticeUpdate): void;
  dismiss(id: string): void;
  info(message: string): void;
  /**
   * Something that will happen, and what prevents it.
   *
   * @param id Of the notice that it takes the place of; null for a new one.
   * @returns The notice's id.
   */
  warn(id: string | null, message: string, action: INoticeAction | null): string;
  /** @param title What failed, @param reason why, and what to do next: whole sentences. */
  error(title: string, reason: string): void;
}

/** Lab's notifications cut what is longer. */
const LONGEST_MESSAGE = 140;

export class LabNotices implements INotices {
  constructor(private readonly trans: TranslationBundle) {}

  progress(message: string, progress: number | undefined, cancel: (() => void) | null): string {
    const actions = cancel === null ? [] : [{ label: this.trans.__('Cancel'), callback: cancel }];
    return Notification.emit(message, 'in-progress', { autoClose: false, progress, actions });
  }

  update(id: string, { message, type, progress, autoCloseMs }: INoticeUpdate): void {
    const actions = type === 'in-progress' ? undefined : [];
    Notification.update({
      id,
      message,
      type,
      progress,
      autoClose: autoCloseMs ?? false,
      ...(actions && { actions })
    });
  }

  dismiss(id: string): void {
    Notification.dismiss(id);
  }

  info(message: string): void {
    Notification.info(message, { autoClose: 10_000, actions: this.details('', message) });
  }

  warn(id: string | null, message: string, action: INoticeAction | null): string {
    const actions: Notification.IAction[] = [
      ...(action === null ? [] : [{ label: action.label, callback: action.run }]),
      ...this.details('', message)
    ];
    const options = { autoClose: false as const, actions };
    const isShown =
      id !== null && Notification.update({ id, message, type: 'warning', ...options });
    return id !== null && isShown ? id : Notification.warning(message, options);
  }

  error(title: string, reason: string): void {
    const message = [title, splitReason(reason).said].filter(Boolean).join(' ');
    Notification.error(message, { autoClose: false, actions: this.details(title, reason) });
  }

  /** What does not fit into a notification is a click away. */
  private details(title: string, body: string): Notification.IAction[] {
    if (title.length + 1 + body.length <= LONGEST_MESSAGE) {
      return [];
    }
    const action: Notification.IAction = {
      label: this.trans.__('Read all'),
      callback: () => {
        const buttons = [Dialog.okButton({ label: this.trans.__('Close') })];
        const node = document.createElement('div');
        node.textContent = body;
        node.className = 'jp-RuntimesNotice-all';
        // Long ones are scrolled, by keyboard too.
        node.tabIndex = 0;
        void showDialog({ title, body: new Widget({ node }), buttons });
      }
    };
    return [action];
  }
}
