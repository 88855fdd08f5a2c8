/** A real Jupyter Server with real kernels, over a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { WebSocket } from 'ws';

import { KERNEL_SUBPROTOCOL } from '../../../contract/index.js';
import { KernelPort } from '../../kernelPort.js';
import { SocketLink, type ISocket } from '../../socketLink.js';
import type { IStateSources } from '../../sources.js';

export const ROOT = resolve(import.meta.dirname, '../../../../../..');

export const PYTHON =
  process.platform === 'win32'
    ? join(ROOT, '.venv', 'Scripts', 'python.exe')
    : join(ROOT, '.venv', 'bin', 'python');

/** One kernel, and a client of the test's own that runs its cells. */
export interface ITestKernel {
  readonly id: string;
  readonly port: KernelPort;
  /** Every socket that the port has opened. */
  readonly sockets: WebSocket[];
  /** Run a cell, and give its variable `shown`, or what it raised. */
  run(code: string): Promise<string>;
  /** Begin a cell. */
  begin(code: string): Promise<void>;
}

export class JupyterServer {
  /**
   * @param options.hasOurs Whether it has our extension.
   * @param options.services With the extension: URL, token and label of each service by its id.
   */
  static async start({
    hasOurs = false,
    services = {}
  }: {
    readonly hasOurs?: boolean;
    readonly services?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  } = {}): Promise<JupyterServer> {
    const folder = mkdtempSync(join(tmpdir(), 'jlr-state-'));
    const port = await freePort();
    const token = randomUUID();
    const child = spawn(
      PYTHON,
      [
        ...['-m', 'jupyter_server', `--ServerApp.port=${port}`, '--ServerApp.port_retries=0'],
        ...['--ServerApp.open_browser=False', `--ServerApp.root_dir=${folder}`, '--allow-root'],
        ...(hasOurs
          ? [
              '--ServerApp.jpserver_extensions=jupyterlab_runtimes=True',
              '--JupyterLabRuntimes.embedded=False',
              `--JupyterLabRuntimes.services=${JSON.stringify(services)}`,
              `--JupyterLabRuntimes.services_file=${join(folder, 'services.json')}`
            ]
          : ['--ServerApp.jpserver_extensions={}']),
        ...['--IdentityProvider.token', token],
        // A kernel that was killed is noticed sooner.
        '--KernelRestarter.time_to_dead=1.0',
        // Kernels are killed more often in a row than Jupyter would start them again.
        '--KernelRestarter.restart_limit=1000'
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
          TMPDIR: folder,
          PYTHONPATH: ROOT
        }
      }
    );
    const server = new JupyterServer(child, folder, port, token);
    await server._untilReady();
    return server;
  }

  private constructor(
    private readonly _child: ChildProcess,
    readonly folder: string,
    private readonly _port: number,
    private readonly _token: string
  ) {
    for (const stream of [_child.stdout, _child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  output = '';

  /** As the service knows it. */
  get address(): { place: { port: number }; basePath: string; token: string } {
    return { place: { port: this._port }, basePath: '/', token: this._token };
  }

  async kernel(sources: IStateSources): Promise<ITestKernel> {
    const answer = await this._fetch('POST', 'api/kernels', { name: 'python3' });
    const { id } = (await answer.json()) as { id: string };
    return this.connect(id, sources);
  }

  /** A kernel that there is, e.g. one that was started again in the place of one that was killed. */
  connect(id: string, sources: IStateSources): ITestKernel {
    const sockets: WebSocket[] = [];
    const port = this.port(id, sources, session => {
      const socket = this.socket(id, session);
      sockets.push(socket);
      return socket;
    });
    const cells = new SocketLink({
      open: session => this.socket(id, session) as unknown as ISocket,
      name: 'cells',
      randomId: randomUUID
    });
    this._kernels.push(cells);
    const run = async (code: string): Promise<string> => {
      const { content } = await cells.ask({
        channel: 'shell',
        msgType: 'execute_request',
        content: {
          code,
          ...{ silent: false, store_history: true, allow_stdin: false, stop_on_error: false },
          user_expressions: { shown: 'str(globals().get("shown", ""))' }
        }
      });
      const shown = content['user_expressions'] as Record<
        string,
        { data: { 'text/plain': string } }
      >;
      return content['status'] === 'ok'
        ? shown['shown'].data['text/plain'].slice(1, -1)
        : `${String(content['ename'])}: ${String(content['evalue'])}`;
    };
    const begin = async (code: string): Promise<void> => {
      run(code).catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, 300));
    };
    return { id, port, sockets, run, begin };
  }

  /** A port of its own. @param open By default a plain socket. */
  port(
    id: string,
    sources: IStateSources,
    open: (session: string) => WebSocket | Promise<WebSocket> = session => this.socket(id, session)
  ): KernelPort {
    const link = new SocketLink({
      open: open as unknown as (session: string) => ISocket,
      name: id.slice(0, 4),
      randomId: randomUUID,
      silenceMs: 3000
    });
    this._kernels.push(link);
    return new KernelPort({ link, sources, name: id.slice(0, 4) });
  }

  async restart(kernelId: string): Promise<void> {
    await this._fetch('POST', `api/kernels/${kernelId}/restart`, {});
  }

  /** @param signal SIGKILL leaves its kernels behind. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this._kernels.forEach(link => link.dispose());
    const ended = once(this._child, 'exit');
    this._child.kill(signal);
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  socket(kernelId: string, session: string): WebSocket {
    const url = `ws://127.0.0.1:${this._port}/api/kernels/${kernelId}/channels?session_id=${session}`;
    return new WebSocket(url, [KERNEL_SUBPROTOCOL], {
      headers: { Authorization: `token ${this._token}` },
      perMessageDeflate: false,
      maxPayload: 0
    });
  }

  private _fetch(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`http://127.0.0.1:${this._port}/${path}`, {
      method,
      headers: { Authorization: `token ${this._token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    });
  }

  private async _untilReady(): Promise<void> {
    for (const until = Date.now() + 90_000; Date.now() < until;) {
      const answer = await this._fetch('GET', 'api/status').catch(() => undefined);
      if (answer?.ok) {
        return;
      }
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    throw new Error(`The Jupyter Server did not start: ${this.output}`);
  }

  private readonly _kernels: SocketLink[] = [];
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('No free port was found.');
  }
  return address.port;
}
