/** What a cell says below itself while it waits for variables. */
import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { PanelLayout, Widget } from '@lumino/widgets';

export interface IWaitingCell {
  /** Why it waits, a sentence. */
  readonly reason: string;
  /** Do not run it. */
  readonly drop: () => void;
}

/** @param cell Undefined where it is not in this page: then nothing is shown. */
export function markWaiting(
  cell: Cell | undefined,
  { reason, drop }: IWaitingCell,
  trans: TranslationBundle
): IDisposable {
  const layout = cell?.layout;
  if (!(layout instanceof PanelLayout)) {
    return new DisposableDelegate(() => undefined);
  }
  const note = new Widget();
  note.addClass('jp-RuntimesWaiting');
  const text = document.createElement('span');
  text.setAttribute('role', 'status');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'jp-RuntimesTransfer-textButton';
  button.textContent = trans.__('Don’t run it');
  button.addEventListener('click', drop);
  note.node.append(text, button);
  layout.addWidget(note);
  // A status is read out when it changes, not when it appears.
  text.textContent = reason;
  return note;
}
