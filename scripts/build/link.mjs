/** Make the clone's extension the one that `.venv` runs: an editable install takes no data files along. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync
} from 'node:fs';
import { dirname, join } from 'node:path';

import { ROOT, VENV } from '../machine/paths.mjs';

/** From the clone to where Jupyter looks, below the environment's prefix. */
const LINKS = [
  ['jupyterlab_runtimes/labextension', 'share/jupyter/labextensions/jupyterlab-runtimes'],
  [
    'jupyter-config/server-config/jupyterlab_runtimes.json',
    'etc/jupyter/jupyter_server_config.d/jupyterlab_runtimes.json'
  ]
];

/** Link (on Windows, where links need a privilege: copy) what is there. */
export async function linkIntoVirtualEnvironment() {
  for (const [from, to] of LINKS) {
    const source = join(ROOT, from);
    const target = join(VENV, to);
    if (!existsSync(source) || pointsTo(target, source)) {
      continue;
    }
    rmSync(target, { recursive: true, force: true });
    mkdirSync(dirname(target), { recursive: true });
    if (process.platform === 'win32') {
      cpSync(source, target, { recursive: true });
    } else {
      symlinkSync(source, target);
    }
  }
}

function pointsTo(link, source) {
  const stats = lstatSync(link, { throwIfNoEntry: false });
  return stats?.isSymbolicLink() === true && readlinkSync(link) === source;
}
