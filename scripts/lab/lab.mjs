/** Run a JupyterLab (or Notebook 7) in a folder of its own, and end it with everything that it started. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { venvProgram } from '../machine/paths.mjs';
import { environment } from '../machine/run.mjs';
import { Problem } from '../machine/say.mjs';
import { prepareFolder } from './folder.mjs';
import { endRemaining, remainingProcesses, signal } from './remaining.mjs';

const READY_MS = 60_000;
const STOP_MS = 15_000;
const POLL_MS = 100;

/**
 * @typedef {object} Lab
 * @property {string} url The server's address, ending in a slash.
 * @property {string} token
 * @property {number} port
 * @property {string} folder
 * @property {string} logFile
 * @property {number} pid
 * @property {Promise<number | null>} exited Settles with its exit code, whoever ended it.
 * @property {() => Promise<string[]>} stop Ends it and waits; resolves with the command lines of what it left running and had to be killed.
 * @property {() => Promise<void>} stopServer Ends the Jupyter Server alone: what outlives it does.
 */

/**
 * Start it, and wait until it answers.
 *
 * @param {object} options
 * @param {string} options.folder What it reads and writes; notebooks are in `notebooks/` there.
 * @param {'lab' | 'notebook'} [options.app]
 * @param {'with' | 'without' | 'broken'} [options.extension] Default: with.
 * @param {boolean} [options.isolation] Default: true.
 * @param {number} [options.port] Default: any free one. With `portRetries`, the next free one is taken.
 * @param {number} [options.portRetries]
 * @param {string} [options.token] Default: a new one.
 * @param {Record<string, object>} [options.config] More of Jupyter's configuration, by class.
 * @param {string[]} [options.args]
 * @param {Record<string, string | undefined>} [options.env]
 * @returns {Promise<Lab>}
 * @throws Problem with the last lines of its log.
 */
export async function startLab(options) {
  const { folder, app = 'lab', extension = 'with', isolation = true, config = {} } = options;
  const { port = 0, portRetries = 0, args = [], env = {} } = options;
  const token = options.token ?? randomBytes(24).toString('hex');
  const folderEnvironment = prepareFolder(folder, { extension, isolation, config });
  const logFile = join(folder, `${app}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(
    venvProgram('python'),
    [
      '-m',
      app === 'lab' ? 'jupyterlab' : 'notebook',
      `--ServerApp.port=${port}`,
      `--ServerApp.port_retries=${portRetries}`,
      ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
      ...args
    ],
    {
      cwd: folder,
      env: environment({ ...folderEnvironment, ...env, JUPYTER_TOKEN: token }),
      // A group of its own, so that Ctrl-C reaches us alone, and we end it in order.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', log, log]
    }
  );
  closeSync(log);
  let ended = false;
  const exited = once(child, 'exit').then(([code]) => {
    ended = true;
    return code;
  });
  const server = () => ({ child, exited, hasEnded: () => ended, url, token });
  const stop = () => stopLab({ ...server(), folder });
  let url = '';
  try {
    ({ url } = await address({ folder, token, hasEnded: () => ended, logFile }));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    token,
    port: Number(new URL(url).port),
    folder,
    logFile,
    pid: child.pid ?? 0,
    exited,
    stop,
    /** Leaves what outlives a server: a runtime service that is set to. */
    stopServer: () => stopServer(server())
  };
}

/** Wait for the file in which a Jupyter Server says where it is, and for its first answer. */
async function address({ folder, token, hasEnded, logFile }) {
  const runtime = join(folder, 'runtime');
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (hasEnded()) {
      throw new Problem(
        `${lastLines(logFile)}\nJupyterLab ended before it was ready. Its log is ${logFile}.`
      );
    }
    const file = readdirSync(runtime).find(name => /^jpserver-\d+\.json$/.test(name));
    const server = file && parsed(join(runtime, file));
    if (server && (await answers(server.url, token))) {
      return { url: server.url };
    }
    await delay(POLL_MS);
  }
  throw new Problem(
    `${lastLines(logFile)}\nJupyterLab did not answer within ${READY_MS / 1000} s. Its log is ${logFile}.`
  );
}

async function answers(url, token) {
  try {
    const response = await fetch(`${url}api/status`, {
      headers: { Authorization: `token ${token}` }
    });
    return response.ok;
  } catch (error) {
    // Not listening yet; the caller's deadline ends the waiting.
    return error instanceof SyntaxError;
  }
}

/** The file's content, or null while it is being written. */
function parsed(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || !existsSync(file)) {
      return null;
    }
    throw error;
  }
}

/** End JupyterLab itself; what it started may go on. */
async function stopServer({ child, exited, hasEnded, url, token }) {
  if (hasEnded()) {
    return;
  }
  await askToEnd(child, url, token);
  const inTime = await Promise.race([
    exited.then(() => true),
    delay(STOP_MS, false, { ref: false })
  ]);
  if (!inTime) {
    signal(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    await exited;
  }
}

/** End JupyterLab and all that it started. */
async function stopLab({ folder, ...server }) {
  await stopServer(server);
  const until = Date.now() + STOP_MS;
  while (Date.now() < until && (await remainingProcesses(folder)).length > 0) {
    await delay(POLL_MS);
  }
  return (await endRemaining(folder)).map(({ command }) => command);
}

/** SIGTERM is Jupyter's way to end in order; Windows has none, there its REST interface does it. */
async function askToEnd(child, url, token) {
  if (process.platform !== 'win32') {
    signal(child.pid, 'SIGTERM');
    return;
  }
  try {
    await fetch(`${url}api/shutdown`, {
      method: 'POST',
      headers: { Authorization: `token ${token}` }
    });
  } catch {
    child.kill();
  }
}

/** @param {string} logFile */
function lastLines(logFile, count = 20) {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
