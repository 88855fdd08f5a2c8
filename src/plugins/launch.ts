/** Launching with options, and what environments bring along: snippets and examples. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { addIcon, codeIcon, notebookIcon } from '@jupyterlab/ui-components';

import { ARGS_SCHEMAS, CommandIDs } from '../commands';
import type { IRuntimeEnvironment, IRuntimeModel } from '../tokens';
import { IRuntimeManager } from '../tokens';
import { sessionOf } from '../ui/currentSession';
import { runtimeFinder } from '../ui/findRuntime';
import { sentence } from '../ui/format';
import type { ILaunchChoice } from '../ui/launch/launch';
import { RuntimeSessionDialogs } from '../ui/picker/sessionDialogs';
import { LabNotices } from '../ui/status/notices';

export const launchPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:launch',
  description: 'The launch form, and the snippets and examples of environments.',
  autoStart: true,
  requires: [IRuntimeManager, ISessionContextDialogs],
  optional: [IDefaultFileBrowser, INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    dialogs: ISessionContextDialogs,
    browser: IDefaultFileBrowser | null,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const { commands, shell, serviceManager } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const notices = new LabNotices(trans);
    const find = runtimeFinder(app, manager);

    const openExample = async (uri: string, kernelId: string | null) => {
      const { openExample } = await import('../ui/examples/openExample');
      await openExample(uri, kernelId, {
        contents: serviceManager.contents,
        fetch: window.fetch.bind(window),
        folder: () => browser?.model.path ?? '',
        open: async (path, kernelId) => {
          const kernel = kernelId === null ? undefined : { id: kernelId };
          await commands.execute('docmanager:open', { path, kernel });
        },
        trans
      });
    };
    const launch = async (choice: ILaunchChoice) => {
      const { launchWithOptions } = await import('../ui/launch/launch');
      const remember =
        dialogs instanceof RuntimeSessionDialogs
          ? (name: string) => dialogs.remember(name)
          : undefined;
      await launchWithOptions(choice, { manager, notices, trans, remember, openExample });
    };
    if (dialogs instanceof RuntimeSessionDialogs) {
      dialogs.launchWithOptions = launch;
    }

    commands.addCommand(CommandIDs.launchWithOptions, {
      label: trans.__('New Runtime with Options…'),
      caption: trans.__('Choose environment, time, size and more'),
      icon: addIcon,
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.launchWithOptions] },
      isEnabled: () => manager.choices.some(({ environment }) => environment !== null),
      execute: ({ kernelName, provider }) =>
        launch({
          kernelName: typeof kernelName === 'string' ? kernelName : undefined,
          providerId: typeof provider === 'string' ? provider : undefined,
          sessionContext: sessionOf(shell.currentWidget)
        })
    });
    palette?.addItem({
      command: CommandIDs.launchWithOptions,
      category: trans.__('Runtimes')
    });

    const environmentOf = (runtime: IRuntimeModel | undefined): IRuntimeEnvironment | null =>
      manager.choices.find(({ kernelName }) => kernelName === runtime?.kernelName)?.environment ??
      null;
    const currentRuntime = () => find({});

    commands.addCommand(CommandIDs.insertSnippet, {
      label: trans.__('Insert Snippet…'),
      caption: trans.__('Insert code that the notebook’s environment brings along'),
      icon: codeIcon,
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.insertSnippet] },
      isEnabled: () => (environmentOf(currentRuntime())?.snippets.length ?? 0) > 0,
      execute: async () => {
        const notebook = notebooks?.currentWidget?.content;
        const snippets = environmentOf(currentRuntime())?.snippets ?? [];
        if (notebook !== undefined && snippets.length > 0) {
          const { insertSnippet } = await import('../ui/examples/insertSnippet');
          await insertSnippet(notebook, snippets, trans);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.insertSnippet, category: trans.__('Runtimes') });

    commands.addCommand(CommandIDs.openExample, {
      label: trans.__('Open Example…'),
      caption: trans.__('Open a notebook that the runtime’s environment brings along'),
      icon: notebookIcon,
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.openExample] },
      isEnabled: args => (environmentOf(find(args))?.examples.length ?? 0) > 0,
      execute: async args => {
        const runtime = find(args);
        const examples = environmentOf(runtime)?.examples ?? [];
        const { chooseExample } = await import('../ui/examples/chooseExample');
        const uri = await chooseExample(examples, trans);
        if (uri !== null) {
          await openExample(uri, runtime?.kernelId ?? null).catch((error: unknown) =>
            notices.error(trans.__('The example could not be opened.'), sentence(error))
          );
        }
      }
    });
    palette?.addItem({ command: CommandIDs.openExample, category: trans.__('Runtimes') });
  }
};
