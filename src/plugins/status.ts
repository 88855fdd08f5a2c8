/** What the status bar says of the runtime of the document in front. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IRuntimeManager } from '../tokens';
import { sessionOf } from '../ui/currentSession';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the status bar takes widgets, not promises
import { LifeStatus } from '../ui/status/lifeStatus';

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:status',
  description:
    'Says in the status bar when the current runtime is short of time, paused or out of reach.',
  autoStart: true,
  requires: [IRuntimeManager],
  optional: [IStatusBar, ILabShell, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    statusBar: IStatusBar | null,
    labShell: ILabShell | null,
    translator: ITranslator | null
  ): void => {
    // Notebook 7 has neither; its toolbar is wide.
    if (statusBar === null || labShell === null) {
      return;
    }
    const item = new LifeStatus({
      manager,
      trans: (translator ?? nullTranslator).load('jupyterlab_runtimes'),
      current: () => sessionOf(labShell.currentWidget),
      currentChanged: labShell.currentChanged,
      execute: (id, key) =>
        void app.commands.execute(id, id === CommandIDs.openPanel ? {} : { key })
    });
    statusBar.registerStatusItem(statusPlugin.id, {
      item,
      align: 'left',
      rank: 3,
      isActive: () => item.isActive,
      activeStateChanged: item.activeChanged
    });
  }
};
