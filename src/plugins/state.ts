/** Variables that go along when a notebook changes its runtime. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { ITransferReport } from '@jupyterlab-runtimes/core';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ARGS_SCHEMAS, CommandIDs } from '../commands';
import { HeldCells } from '../notebook/heldCells';
import { IRuntimeManager } from '../tokens';
import { IComposites } from './managers';
import { sessionOf } from '../ui/currentSession';
import { giveFocusBack } from '../ui/giveFocusBack';
import { StateSettings } from '../ui/transfer/settings';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a small listener that loads the rest when it is needed
import { VariableOffers } from '../ui/transfer/offers';
import { LabTransferNotices } from '../ui/transfer/notices';
import { openPorts } from '../ui/transfer/openPort';
import type { IReportFacts } from '../ui/transfer/report';
import { markWaiting } from '../ui/transfer/waitingMark';

const PLUGIN_ID = 'jupyterlab-runtimes:state';

export const statePlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Brings variables along when a notebook changes its runtime.',
  autoStart: true,
  requires: [IRuntimeManager, IComposites],
  optional: [INotebookTracker, IConsoleTracker, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    composites: IComposites,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const settings = new StateSettings();
    if (registry !== null) {
      void app.restored.then(async () => settings.follow(await registry.load(PLUGIN_ID)));
    }
    const documents = () => [
      ...widgetsOf(notebooks).map(({ sessionContext }) => sessionContext),
      ...widgetsOf(consoles).map(({ sessionContext }) => sessionContext)
    ];
    const open = openPorts(app, documents);
    const cellOf = (context: ISessionContext, id: string): Cell | undefined =>
      [
        ...widgetsOf(notebooks)
          .filter(({ sessionContext }) => sessionContext === context)
          .flatMap(({ content }) => content.widgets),
        ...widgetsOf(consoles)
          .filter(({ sessionContext }) => sessionContext === context)
          .flatMap(({ console }) => [...console.cells])
      ].find(({ model }) => model.id === id);
    const notices = new LabTransferNotices(trans);
    const showReport = (report: ITransferReport, facts: IReportFacts): void =>
      void import('../ui/transfer/report').then(module => module.showReport(report, facts, trans));
    const offers = new VariableOffers({
      manager,
      trans,
      open,
      notices,
      showReport,
      setting: { get: () => settings.offerVariables, set: value => settings.setOffer(value) },
      ask: async (model, options) => {
        const { askForVariables } = await import('../ui/transfer/dialog');
        const { wordsForSwitch } = await import('../ui/transfer/words');
        const answer = await askForVariables(model, wordsForSwitch(model, trans), trans, options);
        giveFocusBack(shell);
        return answer;
      },
      cells: new HeldCells((context, { id, ...why }) =>
        markWaiting(cellOf(context, id), why, trans)
      ),
      install: async ({ session }, requirement) => {
        const { installIn } = await import('../ui/transfer/install');
        await installIn(session?.kernel, requirement);
      }
    });
    void app.restored.then(async () => {
      const { showUnderWay } = await import('../ui/transfer/underWay');
      const { serverTransfers } = await import('../runtime/transferWays');
      const transfers = serverTransfers(app.serviceManager.serverSettings);
      await showUnderWay({ transfers, notices, trans, showReport });
    });
    composites.sessionClient.keepsLeft = kernelId => offers.isWorthKeeping(kernelId);
    notebooks?.widgetAdded.connect((_, { sessionContext }) => offers.watch(sessionContext));
    consoles?.widgetAdded.connect((_, { sessionContext }) => offers.watch(sessionContext));
    documents().forEach(context => offers.watch(context));

    const targetOf = () => {
      const context = sessionOf(shell.currentWidget);
      const kernelId = context?.session?.kernel?.id;
      const target = kernelId === undefined ? undefined : manager.findByKernelId(kernelId);
      return context !== null && target !== undefined ? { context, target } : null;
    };
    commands.addCommand(CommandIDs.bringVariables, {
      label: trans.__('Bring Variables from Another Runtime…'),
      caption: trans.__('Copy variables of another runtime into the one of this document'),
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.bringVariables] },
      isEnabled: () => targetOf() !== null,
      execute: async args => {
        const current = targetOf();
        if (current === null) {
          return;
        }
        const { context, target } = current;
        const { pickSource, sourcesFor } = await import('../ui/transfer/pickSource');
        const sources = sourcesFor(target, manager.runtimes);
        const given = manager.runtimes.find(({ key }) => key === args['key']);
        if (given === undefined && sources.length === 0) {
          notices.tell(
            'warning',
            trans.__(
              'No other runtime is running, so there are no variables to bring. Start one, or load a snapshot.'
            )
          );
          return;
        }
        const source = given ?? (await pickSource(target, sources, trans));
        if (source !== null) {
          await offers.offer(context, source, target, { isAsked: true });
        }
      }
    });
  }
};

interface ITracker<T> {
  forEach(visit: (widget: T) => void): void;
}

function widgetsOf<T>(tracker: ITracker<T> | null): T[] {
  const widgets: T[] = [];
  tracker?.forEach(widget => widgets.push(widget));
  return widgets;
}
