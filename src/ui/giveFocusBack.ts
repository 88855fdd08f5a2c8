import type { JupyterFrontEnd } from '@jupyterlab/application';

/** Where nothing has the focus any more, after a dialog that came by itself, the document has it again. */
export function giveFocusBack(shell: JupyterFrontEnd.IShell): void {
  const { activeElement, body } = document;
  if ((activeElement === null || activeElement === body) && shell.currentWidget !== null) {
    shell.activateById(shell.currentWidget.id);
  }
}
