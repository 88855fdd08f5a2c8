import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { RemoteServices } from '../providers/remote';
import { IRuntimeProviders } from '../tokens';

const PLUGIN_ID = 'jupyterlab-runtimes:remote';

/** How long a lost connection is waited for where no setting says it, minutes. */
const RECONNECT_MINUTES = 12 * 60;

/** The runtimes of runtime services. Nothing is asked before the application
 *  has been restored: start-up belongs to the user's own documents. */
export const remotePlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'The remote place: runtimes that runtime services hand out.',
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
    // Not awaited: the application is restored after all plugins are activated.
    void app.restored.then(async () => {
      // eslint-disable-next-line jupyter/require-disposable-ownership -- lives as long as the page
      const services = new RemoteServices({
        settings: app.serviceManager.serverSettings,
        providers,
        labelOf: name => trans.__('Remote: %1', name),
        reconnectTimeoutMs: (await reconnectMinutes(registry)) * 60_000
      });
      services.start();
    });
  }
};

/** The setting; Lab itself reports settings that can't be read, and the default applies. */
async function reconnectMinutes(registry: ISettingRegistry | null): Promise<number> {
  try {
    const settings = await registry?.load(PLUGIN_ID);
    return Number(settings?.get('reconnectTimeoutMinutes').composite ?? RECONNECT_MINUTES);
  } catch {
    return RECONNECT_MINUTES;
  }
}
