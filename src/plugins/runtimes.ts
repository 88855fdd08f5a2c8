import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { RuntimeManager } from '../runtime';
import { IRuntimeManager, IRuntimeProviders } from '../tokens';
import { IComposites } from './managers';

/** All runtimes of all places as one list. */
export const runtimesPlugin: JupyterFrontEndPlugin<IRuntimeManager> = {
  id: 'jupyterlab-runtimes:runtimes',
  description: 'All runtimes of all places, and what can be done with them.',
  autoStart: true,
  provides: IRuntimeManager,
  requires: [IRuntimeProviders, IComposites],
  activate: (_app: JupyterFrontEnd, providers: IRuntimeProviders, composites: IComposites) =>
    new RuntimeManager({ providers, ...composites })
};
