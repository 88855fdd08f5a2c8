/** Lab's notifications about variables on their way: progress that can be cancelled, and what came of it. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

export interface ITransferAction {
  readonly label: string;
  readonly run: () => void;
}

/** One notice, from beginning to end. */
export interface ITransferNotice {
  /** @param fraction 0–1; undefined where it is not known. */
  progress(message: string, fraction: number | undefined): void;
  end(
    type: 'success' | 'warning' | 'error',
    message: string,
    actions: readonly ITransferAction[]
  ): void;
  dismiss(): void;
}

/** @param cancel Null where there is nothing to cancel. */
export type OpenTransferNotice = (message: string, cancel: (() => void) | null) => ITransferNotice;

/** What says that all is well goes by itself, milliseconds. */
const GOOD_NEWS_MS = 15_000;

export function labTransferNotices(trans: TranslationBundle): OpenTransferNotice {
  return (message, cancel) => {
    const actions =
      cancel === null
        ? []
        : [
            {
              label: trans.__('Cancel'),
              callback: (event: MouseEvent) => {
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
        Notification.update({
          id,
          message: text,
          type,
          progress: undefined,
          autoClose: type === 'success' ? GOOD_NEWS_MS : false,
          actions: ends.map(({ label, run }) => ({ label, callback: run }))
        });
      },
      dismiss: () => Notification.dismiss(id)
    };
  };
}
