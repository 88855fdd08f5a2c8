/** The files of runtimes, as drives of Lab's own, found again after a reload. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { ServerConnection } from '@jupyterlab/services';
import { Drive } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';

import { ARGS_SCHEMAS, CommandIDs } from '../commands';
import type { IRuntimeModel } from '../tokens';
import { IRuntimeManager } from '../tokens';
import type { FilesPanel } from '../ui/files/filesPanel';
import type { IRuntimeFiles } from '../ui/files/remembered';
import { RememberedFiles } from '../ui/files/remembered';
import { runtimeFinder } from '../ui/findRuntime';

export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:files',
  description: 'A file browser for the files on a runtime’s own machine.',
  autoStart: true,
  requires: [IRuntimeManager, IFileBrowserFactory],
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    factory: IFileBrowserFactory,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const find = runtimeFinder(app, manager);
    const { contents, serverSettings: own } = app.serviceManager;
    const tracker = new WidgetTracker<FilesPanel>({ namespace: 'jupyterlab-runtimes-files' });
    const remembered = new RememberedFiles(window.localStorage, own.baseUrl);
    const drives = new Set<string>();

    /** Lab's contents manager keeps drives as long as the page lives. */
    const addDrive = (name: string, serverSettings: ServerConnection.ISettings): void => {
      if (!drives.has(name)) {
        drives.add(name);
        contents.addDrive(new Drive({ name, serverSettings }));
      }
    };
    for (const { drive, path } of remembered.list()) {
      addDrive(drive, { ...own, baseUrl: URLExt.join(own.baseUrl, path) });
    }

    const filesOf = async (runtime: IRuntimeModel): Promise<IRuntimeFiles | undefined> => {
      const { provider, key, name } = runtime;
      const settings = provider.runtimeSettings?.(key.slice(provider.id.length + 1));
      if (settings === undefined) {
        return undefined;
      }
      const { driveName } = await import('../ui/files/filesPanel');
      const drive = remembered.find(key)?.drive ?? driveName(runtime);
      const path = settings.baseUrl.slice(own.baseUrl.length);
      const files = { key, name, label: provider.label, drive, path };
      addDrive(drive, settings);
      // Another server's would need its token, which is nothing to keep in a browser.
      if (settings.baseUrl.startsWith(own.baseUrl) && settings.token === own.token) {
        remembered.note(files);
      }
      return files;
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
        const key = runtime?.key ?? (typeof args.key === 'string' ? args.key : '');
        // On the way back from a reload, nothing is known yet but what was remembered.
        const files = runtime === undefined ? remembered.find(key) : await filesOf(runtime);
        if (files === undefined) {
          return;
        }
        const { FilesPanel, filesPanelId } = await import('../ui/files/filesPanel');
        const id = filesPanelId(key);
        if (!tracker.find(panel => panel.id === id)) {
          const createBrowser = () =>
            factory.createFileBrowser(`${id}-browser`, { driveName: files.drive });
          const panel = new FilesPanel({ manager, files, createBrowser, trans });
          await tracker.add(panel);
          app.shell.add(panel, 'left', { rank: 251, type: 'Files of a runtime' });
        }
        if (runtime !== undefined) {
          app.shell.activateById(id);
        }
      }
    });
    if (restorer !== null) {
      void restorer.restore(tracker, {
        command: CommandIDs.showFiles,
        args: ({ key }) => ({ key }),
        name: ({ key }) => key
      });
    }
    palette?.addItem({ command: CommandIDs.showFiles, category: trans.__('Runtimes') });
  }
};
