/** Asking through Lab's dialogs. */
import { Dialog } from '@jupyterlab/apputils';

import type { IQuestion } from './questions';

/**
 * Show a question.
 *
 * @param options.signal Aborted when the question has become void: the dialog closes.
 * @returns The answer; the first one for Escape and for a question that became void.
 */
export async function ask<T>(
  question: IQuestion<T>,
  options: { signal?: AbortSignal } = {}
): Promise<T> {
  const { title, body, answers } = question;
  const buttons = answers.map(({ label, isLoss }) =>
    isLoss ? Dialog.warnButton({ label }) : Dialog.cancelButton({ label })
  );
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new Dialog({ title, body, buttons, defaultButton: 0 });
  const close = () => dialog.reject();
  options.signal?.addEventListener('abort', close, { once: true });
  try {
    const { button } = await dialog.launch();
    const index = buttons.findIndex(({ label }) => button.accept && label === button.label);
    return (answers[index] ?? answers[0]).value;
  } finally {
    options.signal?.removeEventListener('abort', close);
    dialog.dispose();
  }
}
