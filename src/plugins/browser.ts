import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { UNASSIGNED_TYPE } from '../kernels/unassigned';
import { BrowserProvider } from '../providers/browser';
import { IRuntimeProviders } from '../tokens';
import { LabNotices } from '../ui/status/notices';
import { showReloadNotice } from '../ui/status/reloadNotice';

const PLUGIN_ID = 'jupyterlab-runtimes:browser';

/** The folder of scripts/build-worker.mjs within our labextension. */
const STATIC_PATH = 'jupyterlab-runtimes/static/browser/';

/** Kernels in the page itself. Nothing of Pyodide is loaded before one is started. */
export const browserPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'The browser place: Python in web workers of the page.',
  autoStart: true,
  requires: [IRuntimeProviders],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    providers: IRuntimeProviders,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const provider = new BrowserProvider({
      label: trans.__('Browser'),
      serverSettings: app.serviceManager.serverSettings,
      staticUrl: URLExt.join(PageConfig.getOption('fullLabextensionsUrl'), STATIC_PATH),
      packageSource: async () => {
        const settings = await registry?.load(PLUGIN_ID);
        const source = settings?.get('packageSource').composite;
        return typeof source === 'string' ? source : '';
      },
      storage: window.sessionStorage
    });
    providers.add(provider);
    void app.restored.then(() => {
      // The path of a kernel that its document has left is for machines; its name is that of the document.
      const ended = provider
        .takeEndedByReload()
        .map(({ path, name }) => (path.startsWith(`${UNASSIGNED_TYPE}/`) ? name : path));
      showReloadNotice([...new Set(ended)], new LabNotices(trans), trans);
    });
  }
};
