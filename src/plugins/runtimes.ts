import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { LocalProvider } from '../providers/local';
import type { IUsesStore } from '../runtime';
import { RememberedUses, RuntimeManager } from '../runtime';
import { IRuntimeManager, IRuntimeProviders, LOCAL_PROVIDER_ID } from '../tokens';
import { IComposites } from './managers';

/** All runtimes of all places as one list. */
export const runtimesPlugin: JupyterFrontEndPlugin<IRuntimeManager> = {
  id: 'jupyterlab-runtimes:runtimes',
  description: 'All runtimes of all places, and what can be done with them.',
  autoStart: true,
  provides: IRuntimeManager,
  requires: [IRuntimeProviders, IComposites],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    providers: IRuntimeProviders,
    composites: IComposites,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const local = providers.get(LOCAL_PROVIDER_ID);
    if (local instanceof LocalProvider) {
      local.label = trans.__('Local server');
    }
    const uses = new RememberedUses(userStore(app.serviceManager.serverSettings.baseUrl));
    void app.restored.then(() => uses.load());
    return new RuntimeManager({ providers, ...composites, uses });
  }
};

/** What a user keeps in this browser for one Jupyter Server, whatever the workspace: Lab's state database
 *  belongs to a workspace, and is emptied with it. */
function userStore(baseUrl: string): IUsesStore {
  const keyOf = (id: string) => `${id}@${baseUrl}`;
  return {
    fetch: async id => JSON.parse(window.localStorage.getItem(keyOf(id)) ?? 'null') as unknown,
    save: async (id, value) => window.localStorage.setItem(keyOf(id), JSON.stringify(value))
  };
}
