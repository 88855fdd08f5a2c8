/** A folder that holds all that one JupyterLab reads and writes, so that the user's own configuration is not touched. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import { ROOT, VENV } from '../machine/paths.mjs';

const EXTENSION = 'jupyterlab-runtimes';

/** How our server extension calls itself in Jupyter's configuration. */
const SERVER_EXTENSION = 'jupyterlab_runtimes';
const SERVER_EXTENSION_CLASS = 'JupyterLabRuntimes';

/**
 * Prepare the folder.
 *
 * @param {string} folder
 * @param {object} options
 * @param {'with' | 'without' | 'broken'} options.extension Whether this project's extension is there; `broken`: its bundle throws.
 * @param {boolean} options.isolation Send the headers that isolate the page.
 * @param {Record<string, unknown>} options.config More of Jupyter's configuration, by class.
 * @returns {Record<string, string | undefined>} The environment that JupyterLab is to be run with.
 */
export function prepareFolder(folder, { extension, isolation, config }) {
  const inFolder = name => join(folder, name);
  for (const name of [
    'config',
    'data',
    'jupyter',
    'runtime',
    'ipython',
    'settings',
    'workspaces'
  ]) {
    mkdirSync(inFolder(name), { recursive: true });
  }
  // What an earlier server left behind would be taken for this one's address.
  for (const name of readdirSync(inFolder('runtime')).filter(name =>
    name.startsWith('jpserver-')
  )) {
    rmSync(join(inFolder('runtime'), name), { force: true });
  }
  const settings = merge(
    {
      ServerApp: {
        root_dir: inFolder('notebooks'),
        // Lab would start Node with every page, to ask whether it has to be built.
        tornado_settings: { page_config_data: { buildCheck: false } },
        jpserver_extensions: { [SERVER_EXTENSION]: extension !== 'without' }
      },
      LabApp: { labextensions_path: labExtensions(folder, extension) },
      JupyterNotebookApp: { labextensions_path: labExtensions(folder, extension) },
      [SERVER_EXTENSION_CLASS]: {
        cross_origin_isolation: isolation,
        stop_service_with_server: true,
        // Runtimes that nobody asked for would take the machine from what is tested or measured.
        warm: 0
      }
    },
    config
  );
  mkdirSync(settings.ServerApp.root_dir, { recursive: true });
  // Lab would ask whether it may fetch news, on top of what is to be seen.
  mkdirSync(inFolder('settings/@jupyterlab/apputils-extension'), { recursive: true });
  const notification = inFolder(
    'settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings'
  );
  if (!existsSync(notification)) {
    writeFileSync(notification, JSON.stringify({ fetchNews: 'false', checkForUpdates: false }));
  }
  writeFileSync(inFolder('config/jupyter_server_config.json'), JSON.stringify(settings, null, 2));
  return {
    JUPYTER_CONFIG_DIR: inFolder('config'),
    JUPYTER_DATA_DIR: inFolder('jupyter'),
    JUPYTER_RUNTIME_DIR: inFolder('runtime'),
    JUPYTERLAB_SETTINGS_DIR: inFolder('settings'),
    JUPYTERLAB_WORKSPACES_DIR: inFolder('workspaces'),
    JUPYTERLAB_RUNTIMES_DATA_DIR: inFolder('data'),
    JUPYTER_PREFER_ENV_PATH: '1',
    JUPYTER_CONFIG_PATH: undefined,
    JUPYTER_PATH: undefined,
    JUPYTER_NO_CONFIG: undefined,
    JUPYTER_TOKEN: undefined,
    IPYTHONDIR: inFolder('ipython'),
    PYTHONNOUSERSITE: '1',
    PYTHONUNBUFFERED: '1'
  };
}

/** Where Lab looks for extensions: all of the environment's, ours with them, without, or broken. */
function labExtensions(folder, extension) {
  const installed = join(VENV, 'share', 'jupyter', 'labextensions');
  if (extension === 'with') {
    return [installed];
  }
  const others = join(folder, 'labextensions');
  rmSync(others, { recursive: true, force: true });
  mkdirSync(others, { recursive: true });
  for (const name of readdirSync(installed).filter(name => name !== EXTENSION)) {
    link(join(installed, name), join(others, name));
  }
  if (extension === 'broken') {
    breakExtension(join(others, EXTENSION));
  }
  return [others];
}

/** A copy of our extension whose entry throws as soon as it is loaded. */
function breakExtension(target) {
  const built = join(ROOT, 'jupyterlab_runtimes', 'labextension');
  cpSync(built, target, { recursive: true });
  const entries = readdirSync(join(target, 'static')).filter(name =>
    /^remoteEntry.*\.js$/.test(name)
  );
  for (const name of entries) {
    writeFileSync(
      join(target, 'static', name),
      'throw new Error("This bundle is broken on purpose.");\n'
    );
  }
}

function link(from, to) {
  if (process.platform === 'win32') {
    cpSync(from, to, { recursive: true });
  } else if (!existsSync(to)) {
    symlinkSync(from, to);
  }
}

function merge(base, changes) {
  const merged = { ...base };
  for (const [name, values] of Object.entries(changes)) {
    merged[name] = { ...merged[name], ...values };
  }
  return merged;
}
