/** The files of runtimes, as drives of Lab's own. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { Drive } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';

import { ARGS_SCHEMAS, CommandIDs } from '../commands';
import type { IRuntimeModel } from '../tokens';
import { IRuntimeManager } from '../tokens';
import { runtimeFinder } from '../ui/findRuntime';

export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:files',
  description: 'A file browser for the files on a runtime’s own machine.',
  autoStart: true,
  requires: [IRuntimeManager, IFileBrowserFactory],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    factory: IFileBrowserFactory,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const find = runtimeFinder(app, manager);
    const { contents } = app.serviceManager;
    const drives = new Set<string>();

    /** Lab's contents manager keeps drives as long as the page lives. */
    const driveOf = (runtime: IRuntimeModel, name: string): void => {
      const { provider, key } = runtime;
      const serverSettings = provider.runtimeSettings?.(key.slice(provider.id.length + 1));
      if (serverSettings !== undefined && !drives.has(name)) {
        drives.add(name);
        contents.addDrive(new Drive({ name, serverSettings }));
      }
    };

    app.commands.addCommand(CommandIDs.showFiles, {
      label: trans.__('Show Files of Runtime'),
      caption: trans.__('The files on the runtime’s own machine'),
      icon: folderIcon,
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.showFiles] },
      isEnabled: args => {
        const runtime = find(args);
        return runtime?.state === 'running' && runtime.provider.runtimeSettings !== undefined;
      },
      execute: async args => {
        const runtime = find(args);
        if (runtime === undefined) {
          return;
        }
        const { driveName, FilesPanel, filesPanelId } = await import('../ui/files/filesPanel');
        const id = filesPanelId(runtime);
        if (![...app.shell.widgets('left')].some(widget => widget.id === id)) {
          const name = driveName(runtime);
          driveOf(runtime, name);
          const browser = factory.createFileBrowser(`${id}-browser`, {
            driveName: name,
            restore: false,
            state: null
          });
          const panel = new FilesPanel({ manager, runtime, browser, trans });
          app.shell.add(panel, 'left', { rank: 251, type: 'Files of a runtime' });
        }
        app.shell.activateById(id);
      }
    });
    palette?.addItem({ command: CommandIDs.showFiles, category: trans.__('Runtimes') });
  }
};
