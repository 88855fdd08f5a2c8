import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { LocalProvider } from '../providers/local';
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
  optional: [ITranslator, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    providers: IRuntimeProviders,
    composites: IComposites,
    translator: ITranslator | null,
    state: IStateDB | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const local = providers.get(LOCAL_PROVIDER_ID);
    if (local instanceof LocalProvider) {
      local.label = trans.__('Local server');
    }
    const uses = new RememberedUses(state);
    void app.restored.then(() => uses.load());
    return new RuntimeManager({ providers, ...composites, uses });
  }
};
