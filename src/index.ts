/** The plugins of jupyterlab-runtimes. */
import { browserPlugin } from './plugins/browser';
import { filesPlugin } from './plugins/files';
import { launchPlugin } from './plugins/launch';
import { managerPlugins } from './plugins/managers';
import { notebooksPlugin } from './plugins/notebooks';
import { pickerPlugin } from './plugins/picker';
import { remotePlugin } from './plugins/remote';
import { runtimesPlugin } from './plugins/runtimes';
import { sidebarPlugin } from './plugins/sidebar';
import { snapshotFilesPlugin } from './plugins/snapshotFiles';
import { snapshotsPlugin } from './plugins/snapshots';
import { statePlugin } from './plugins/state';
import { statusPlugin } from './plugins/status';
import { toolbarPlugin } from './plugins/toolbar';

export * from './tokens';

export default [
  ...managerPlugins,
  runtimesPlugin,
  browserPlugin,
  remotePlugin,
  notebooksPlugin,
  pickerPlugin,
  sidebarPlugin,
  snapshotsPlugin,
  snapshotFilesPlugin,
  statePlugin,
  toolbarPlugin,
  statusPlugin,
  launchPlugin,
  filesPlugin
];
