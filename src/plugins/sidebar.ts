/** The runtimes of all places in the sidebar, and the commands for them. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IRuntimeManager } from '../tokens';
import { sessionOf } from '../ui/currentSession';
import { runtimeFinder } from '../ui/findRuntime';
import { changeKernel } from '../ui/picker/take';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it at once
import { RuntimeActions } from '../ui/sidebar/actions';
import { ask } from '../ui/sidebar/ask';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it at once
import { addCommands } from '../ui/sidebar/commands';
import { clearOutputs } from '../ui/sidebar/outputs';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it at once
import { RuntimesPanel } from '../ui/sidebar/panel';
import { offerStart } from '../ui/sidebar/start';
import { LabNotices } from '../ui/status/notices';

export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:sidebar',
  description: 'Lists the runtimes of all places, with what can be done to them.',
  autoStart: true,
  requires: [IRuntimeManager, ISessionContextDialogs],
  optional: [ILabShell, ILayoutRestorer, ICommandPalette, INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    dialogs: ISessionContextDialogs,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const notices = new LabNotices(trans);
    const actions = new RuntimeActions({
      manager,
      notices,
      trans,
      ask,
      askForChange: async runtime => {
        const { askForChange } = await import('../ui/edit/dialog');
        return askForChange(runtime, trans);
      },
      askToLeave: async (runtime, lost, sentence) => {
        const { askToLeave } = await import('../ui/pause/notCarried');
        return askToLeave(runtime, lost, sentence, trans);
      },
      clearOutputs: assignments => {
        if (notebooks !== null) {
          clearOutputs(assignments, notebooks);
        }
      }
    });
    void app.restored.then(async () => {
      const { LifeNotices } = await import('../ui/status/lifeNotices');
      // eslint-disable-next-line jupyter/require-disposable-ownership -- lives as long as the page
      new LifeNotices({ manager, notices, trans, extend: runtime => actions.extend(runtime) });
    });
    manager.interruptFailed.connect((_, failed) => void actions.interruptFailed(failed));
    const panel = new RuntimesPanel({
      manager,
      trans,
      execute: (id, args) => void commands.execute(id, args),
      onStart: (provider, beside) => offerStart(provider, beside, manager, commands)
    });
    commands.commandExecuted.connect((_, { id, result }) => {
      const restore = () => requestAnimationFrame(() => panel.restoreFocus());
      if (id.startsWith('runtimes:')) {
        // Whoever ran the command hears of its failure.
        void result.then(restore, restore);
      }
    });
    // Notebook 7 has side areas in its notebook view alone, and no ILabShell.
    const hasLeft = labShell !== null || hasArea(shell, 'left');
    if (hasLeft) {
      shell.add(panel, 'left', { rank: 250, type: 'Runtimes' });
      restorer?.add(panel, panel.id);
    }
    addCommands({
      commands,
      manager,
      actions,
      trans,
      currentSession: () => sessionOf(shell.currentWidget),
      find: runtimeFinder(app, manager),
      start: async choice => {
        const { withLaunchNotice } = await import('../ui/picker/launchNotice');
        await withLaunchNotice({ manager, choice, notices, trans }, signal =>
          manager.launch(choice, { signal })
        );
      },
      switchTo: (session, runtime) =>
        runtime?.kernelId
          ? changeKernel(session, { id: runtime.kernelId })
          : dialogs.selectKernel(session),
      showLogs: async runtime => {
        const { logWidget, logWidgetId } = await import('../ui/logs/open');
        const id = logWidgetId(runtime);
        if (![...shell.widgets('main')].some(widget => widget.id === id)) {
          shell.add(logWidget(manager, runtime, trans), 'main', { mode: 'split-bottom' });
        }
        shell.activateById(id);
      },
      openPanel: hasLeft ? () => shell.activateById(panel.id) : null
    });
    // Those of other plugins are theirs to add.
    const elsewhere: string[] = [
      CommandIDs.start,
      CommandIDs.launchWithOptions,
      CommandIDs.insertSnippet,
      CommandIDs.openExample,
      CommandIDs.showFiles
    ];
    for (const command of Object.values(CommandIDs)) {
      if (!elsewhere.includes(command)) {
        palette?.addItem({ command, category: trans.__('Runtimes') });
      }
    }
  }
};

/** Whether the shell has the area: one that has not throws. */
function hasArea(shell: JupyterFrontEnd['shell'], area: string): boolean {
  try {
    return [...shell.widgets(area)].length >= 0;
  } catch {
    return false;
  }
}
