/** The plugins of jupyterlab-runtimes. */
import { managerPlugins } from './plugins/managers';
import { notebooksPlugin } from './plugins/notebooks';
import { remotePlugin } from './plugins/remote';
import { runtimesPlugin } from './plugins/runtimes';

export * from './tokens';

export default [...managerPlugins, runtimesPlugin, remotePlugin, notebooksPlugin];
