/** Variables that go along when a notebook changes its runtime. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ARGS_SCHEMAS, CommandIDs } from '../commands';
import type { StateSources } from '../state';
import type { OpenPort } from '../runtime/transferSession';
import { IRuntimeManager } from '../tokens';
import { IComposites } from './managers';
import { sessionOf } from '../ui/currentSession';
import { StateSettings } from '../ui/transfer/settings';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a small listener that loads the rest when it is needed
import { VariableOffers } from '../ui/transfer/offers';
import { LabTransferNotices } from '../ui/transfer/notices';

const PLUGIN_ID = 'jupyterlab-runtimes:state';

/** The file of scripts/build-state.mjs within our labextension. */
const SOURCES_PATH = 'jupyterlab-runtimes/static/state/sources.json';

export const statePlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Brings variables along when a notebook changes its runtime.',
  autoStart: true,
  requires: [IRuntimeManager, IComposites],
  optional: [INotebookTracker, IConsoleTracker, ISettingRegistry, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    composites: IComposites,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const { commands, serviceManager, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const settings = new StateSettings();
    if (registry !== null) {
      void app.restored.then(async () => settings.follow(await registry.load(PLUGIN_ID)));
    }
    let sources: StateSources | undefined;
    const open: OpenPort = async ({ provider, kernelId, name }) => {
      const { openKernelPort, StateSources } = await import('../state');
      sources ??= new StateSources(
        URLExt.join(PageConfig.getOption('fullLabextensionsUrl'), SOURCES_PATH),
        (url, init) => fetch(url, init)
      );
      const connections = documents().map(({ session }) => session?.kernel ?? null);
      return openKernelPort({
        provider,
        name,
        sources,
        kernelId: kernelId ?? '',
        kernelManager: serviceManager.kernels,
        connection: connections.find(kernel => kernel?.id === kernelId) ?? null
      });
    };
    const documents = () => [
      ...widgetsOf(notebooks).map(({ sessionContext }) => sessionContext),
      ...widgetsOf(consoles).map(({ sessionContext }) => sessionContext)
    ];
    const offers = new VariableOffers({
      manager,
      trans,
      open,
      notices: new LabTransferNotices(trans),
      setting: { get: () => settings.offerVariables, set: value => settings.setOffer(value) },
      ask: async (model, options) => {
        const { askForVariables } = await import('../ui/transfer/dialog');
        const { wordsForSwitch } = await import('../ui/transfer/words');
        return askForVariables(model, wordsForSwitch(model, trans), trans, options);
      },
      install: async ({ session }, requirement) => {
        const { installIn } = await import('../ui/transfer/install');
        await installIn(session?.kernel, requirement);
      },
      showReport: (report, facts) =>
        void import('../ui/transfer/report').then(({ showReport }) =>
          showReport(report, facts, trans)
        )
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
        const { pickSource } = await import('../ui/transfer/pickSource');
        const source =
          manager.runtimes.find(({ key }) => key === args['key']) ??
          (await pickSource(target, manager.runtimes, trans));
        if (source !== null) {
          await offers.offer(context, source, target, { isAsked: true });
        }
      }
    });
    palette?.addItem({ command: CommandIDs.bringVariables, category: trans.__('Runtimes') });
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
