/** A remote runtime from the click until its kernel answers, over starting the same Jupyter Server and kernel by hand. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import WebSocket from 'ws';

import { venvProgram } from '../machine/paths.mjs';
import { environment } from '../machine/run.mjs';
import { kernelName, openLabPage, temporaryLab } from './page.mjs';

/** How long a kernel may take to answer, milliseconds. */
const ANSWER_MS = 30_000;

/** How often it is asked whether the server is there, milliseconds. */
const POLL_MS = 20;

export const bench = {
  what: 'a remote runtime until its kernel answers, over the same Jupyter Server and kernel by hand',
  unit: 'ms',
  bound: 1.1,

  async prepare(browser) {
    const lab = await temporaryLab({ extension: 'with', isolation: false });
    const { page } = await openLabPage(browser, lab);
    const name = await kernelName(page, 'remote.');
    return {
      measure: () => page.evaluate(launch, name),
      baseline: byHand,
      close: () => page.context().close()
    };
  }
};

/** In the page: start, wait for the first answer, and end it outside of the measured time. */
async function launch(name) {
  const { kernels } = window.jupyterapp.serviceManager;
  const startedAt = performance.now();
  const kernel = await kernels.startNew({ name });
  await kernel.info;
  const milliseconds = performance.now() - startedAt;
  await kernel.shutdown();
  return milliseconds;
}

/** As a person would on that machine: a Jupyter Server without configuration, a kernel, and its first answer. */
async function byHand() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const token = randomBytes(16).toString('hex');
  const socketPath = join(folder, 's');
  const startedAt = performance.now();
  const server = spawn(
    venvProgram('python'),
    [
      '-m',
      'jupyter_server',
      `--ServerApp.sock=${socketPath}`,
      '--ServerApp.open_browser=False',
      '--allow-root'
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      env: environment({
        JUPYTER_NO_CONFIG: '1',
        JUPYTER_TOKEN: token,
        JUPYTER_RUNTIME_DIR: folder,
        JUPYTER_DATA_DIR: folder,
        IPYTHONDIR: folder
      })
    }
  );
  const call = (method, path) => ask({ socketPath, method, path, token });
  while (!(await call('GET', '/api/status'))) {
    await delay(POLL_MS);
  }
  const { id } = await call('POST', '/api/kernels');
  await kernelInfo({ socketPath, id, token });
  const milliseconds = performance.now() - startedAt;
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
  return milliseconds;
}

/** @returns The parsed answer, or null while nobody listens. */
function ask({ socketPath, method, path, token }) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath, method, path, headers: { Authorization: `token ${token}` } },
      answer => {
        const parts = [];
        answer.on('data', part => parts.push(part));
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
      }
    );
    outgoing.on('error', error =>
      ['ENOENT', 'ECONNREFUSED'].includes(error.code) ? resolve(null) : reject(error)
    );
    outgoing.end();
  });
}

async function kernelInfo({ socketPath, id, token }) {
  const socket = new WebSocket(`ws+unix://${socketPath}:/api/kernels/${id}/channels`, {
    headers: { Authorization: `token ${token}` }
  });
  const messages = on(socket, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
  await once(socket, 'open');
  const header = {
    msg_id: '1',
    msg_type: 'kernel_info_request',
    session: 'bench',
    username: '',
    version: '5.3',
    date: ''
  };
  socket.send(
    JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content: {} })
  );
  for await (const [data] of messages) {
    if (JSON.parse(data.toString()).header.msg_type === 'kernel_info_reply') {
      break;
    }
  }
  socket.close();
}
