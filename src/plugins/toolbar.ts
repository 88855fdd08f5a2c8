/** Where a notebook or console runs, in its toolbar. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import { ISessionContextDialogs, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { ConsolePanel } from '@jupyterlab/console';
import { IConsoleTracker } from '@jupyterlab/console';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { readWish } from '../notebook/wish';
import { CommandIDs } from '../commands';
import type { IRuntimeModel } from '../tokens';
import { IRuntimeManager } from '../tokens';
import { RuntimeSessionDialogs } from '../ui/picker/sessionDialogs';
import { LabNotices } from '../ui/status/notices';
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
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    dialogs: ISessionContextDialogs,
    toolbars: IToolbarWidgetRegistry,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    if (dialogs instanceof RuntimeSessionDialogs) {
      dialogs.readWish = sessionContext => {
        const panel = notebooks?.find(one => one.sessionContext === sessionContext);
        return panel ? readWish(panel.context.model) : null;
      };
    }
    const notices = new LabNotices(trans);
    const resume = async (sessionContext: ISessionContext, runtime: IRuntimeModel) => {
      const { resumeFor } = await import('../ui/pause/offerResume');
      const { takeBack } = await import('../notebook/takeBack');
      await resumeFor(runtime, { manager, notices, trans }, kernelId =>
        takeBack(sessionContext, kernelId)
      );
    };
    const ports = {
      manager,
      trans,
      choose: (sessionContext: ISessionContext) =>
        void (dialogs instanceof RuntimeSessionDialogs
          ? dialogs.pick(sessionContext)
          : dialogs.selectKernel(sessionContext)),
      resume: (sessionContext: ISessionContext, runtime: IRuntimeModel) =>
        void resume(sessionContext, runtime),
      extend: ({ key }: IRuntimeModel) => void app.commands.execute(CommandIDs.extend, { key })
    };
    if (notebooks !== null) {
      toolbars.addFactory<NotebookPanel>('Notebook', ITEM, ({ context, sessionContext }) =>
        createKernelNameItem({
          ...ports,
          sessionContext,
          readWish: () => readWish(context.model),
          wishChanged: context.model.metadataChanged
        })
      );
    }
    if (consoles !== null) {
      toolbars.addFactory<ConsolePanel>('ConsolePanel', ITEM, ({ sessionContext }) =>
        createKernelNameItem({ ...ports, sessionContext, readWish: () => null })
      );
    }
  }
};
