/** Where a notebook or console runs, in its toolbar. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import { ISessionContextDialogs, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { ConsolePanel } from '@jupyterlab/console';
import { IConsoleTracker } from '@jupyterlab/console';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { IRuntimeWish } from '../tokens';
import { IRuntimeManager } from '../tokens';
import { RuntimeSessionDialogs } from '../ui/picker/sessionDialogs';
import { readWish } from '../ui/picker/wish';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- toolbars are made at once
import { createKernelNameItem } from '../ui/toolbar/kernelName';

const ITEM = 'kernelName';

export const toolbarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:toolbar',
  description: 'Shows in a notebook’s or console’s toolbar where it runs.',
  autoStart: true,
  // The trackers are required, where they are, to register after Lab's own
  // items have been: the last registration of an item counts.
  requires: [IRuntimeManager, ISessionContextDialogs, IToolbarWidgetRegistry],
  optional: [INotebookTracker, IConsoleTracker, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    manager: IRuntimeManager,
    dialogs: ISessionContextDialogs,
    toolbars: IToolbarWidgetRegistry,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const wishOf = (sessionContext: ISessionContext): IRuntimeWish | null => {
      const panel = notebooks?.find(one => one.sessionContext === sessionContext);
      return readWish(panel?.model?.getMetadata('runtimes'));
    };
    if (dialogs instanceof RuntimeSessionDialogs) {
      dialogs.readWish = wishOf;
    }
    const create = ({ sessionContext }: NotebookPanel | ConsolePanel) =>
      createKernelNameItem({ sessionContext, dialogs, manager, trans, readWish: wishOf });
    if (notebooks !== null) {
      toolbars.addFactory<NotebookPanel>('Notebook', ITEM, create);
    }
    if (consoles !== null) {
      toolbars.addFactory<ConsolePanel>('ConsolePanel', ITEM, create);
    }
  }
};
