import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** End the waiting of a notebook's running cells with an error that says why.
 *  Output that arrives later is still shown. */
export function showLostLink(panel: NotebookPanel, message: string): void {
  for (const cell of panel.content.widgets) {
    if (cell.model.type !== 'code') {
      continue;
    }
    const { model } = cell as CodeCell;
    if (model.executionState === 'running') {
      model.outputs.add({
        output_type: 'error',
        ename: 'RuntimeUnreachable',
        evalue: message,
        traceback: [message]
      });
      model.executionState = 'idle';
    }
  }
}
