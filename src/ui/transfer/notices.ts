/** Lab's notifications about variables on their way: progress that can be cancelled, and what came of it. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

export interface ITransferAction {
  readonly label: string;
  readonly run: () => void;
}

/** One notice, from beginning to end. */
export interface ITransferNotice {
  /** @param fraction 0–1; undefined where it is not known. */
  progress(message: string, fraction: number | undefined): void;
  end(type: NoticeType, message: string, actions: readonly ITransferAction[]): void;
  dismiss(): void;
}

export type NoticeType = 'success' | 'warning' | 'error';

export interface ITransferNotices {
  /** Something that takes a while.
   *  @param cancel Null where there is nothing to cancel. */
  open(message: string, cancel: (() => void) | null): ITransferNotice;
  /** Something that is over. */
  tell(type: NoticeType, message: string, actions?: readonly ITransferAction[]): void;
}

/** Lab's notifications cut what is longer. */
const LONGEST_MESSAGE = 140;
/** What says that all is well goes by itself, milliseconds. */
const GOOD_NEWS_MS = 15_000;

export class LabTransferNotices implements ITransferNotices {
  constructor(private readonly _trans: TranslationBundle) {}

  open(message: string, cancel: (() => void) | null): ITransferNotice {
    const actions: Notification.IAction[] =
      cancel === null
        ? []
        : [
            {
              label: this._trans.__('Cancel'),
              callback: event => {
                // It stays until the kernels have been told.
                event.preventDefault();
                cancel();
              }
            }
          ];
    const id = Notification.emit(message, 'in-progress', { autoClose: false, actions });
    return {
      progress: (text, progress) => {
        Notification.update({ id, message: text, type: 'in-progress', progress, actions });
      },
      end: (type, text, ends) => {
        // A notice that was closed meanwhile is told all the same.
        if (!Notification.update({ id, message: text, type, ...this._ending(type, text, ends) })) {
          this.tell(type, text, ends);
        }
      },
      dismiss: () => Notification.dismiss(id)
    };
  }

  tell(type: NoticeType, message: string, actions: readonly ITransferAction[] = []): void {
    Notification.emit(message, type, this._ending(type, message, actions));
  }

  private _ending(type: NoticeType, message: string, actions: readonly ITransferAction[]) {
    const readAll = {
      label: this._trans.__('Read all'),
      run: () => {
        const buttons = [Dialog.okButton({ label: this._trans.__('Close') })];
        void showDialog({ body: message, buttons });
      }
    };
    // Lab cuts what is longer.
    const all = message.length > LONGEST_MESSAGE ? [...actions, readAll] : actions;
    return {
      autoClose: type === 'success' ? GOOD_NEWS_MS : (false as const),
      progress: undefined,
      actions: all.map(({ label, run }) => ({ label, callback: run }))
    };
  }
}
