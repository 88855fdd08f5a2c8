import type { ISnippet } from '@jupyterlab-runtimes/core';
import { InputDialog } from '@jupyterlab/apputils';
import type { Notebook } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Let the user choose a snippet, and put it into a new cell below the active one. Nothing is run. */
export async function insertSnippet(
  notebook: Notebook,
  snippets: readonly ISnippet[],
  trans: TranslationBundle
): Promise<void> {
  const titles = snippets.map(({ title, description }) =>
    description === '' ? title : trans.__('%1: %2', title, description)
  );
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Insert which snippet?'),
    items: titles,
    okLabel: trans.__('Insert')
  });
  const snippet = snippets[value === null ? -1 : titles.indexOf(value)];
  if (!button.accept || snippet === undefined || notebook.isDisposed) {
    return;
  }
  NotebookActions.insertBelow(notebook);
  notebook.activeCell?.model.sharedModel.setSource(snippet.code);
}
