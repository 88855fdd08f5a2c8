/** A real Jupyter Server in a process of its own, for specs. */
import { ServerConnection } from '@jupyterlab/services';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { WebSocket as NodeWebSocket } from 'ws';

const VENV = resolve(__dirname, '../../../.venv');
const PYTHON =
  process.platform === 'win32' ? join(VENV, 'Scripts/python.exe') : join(VENV, 'bin/python');
const START_LIMIT_MS = 30_000;

export class JupyterServer {
  private constructor(
    readonly settings: ServerConnection.ISettings,
    private readonly _port: number,
    private readonly _root: string
  ) {}

  static async start(): Promise<JupyterServer> {
    const port = await freePort();
    const settings = ServerConnection.makeSettings({
      baseUrl: `http://127.0.0.1:${port}/`,
      wsUrl: `ws://127.0.0.1:${port}/`,
      token: 'secret',
      appendToken: true,
      fetch: globalThis.fetch,
      Request: globalThis.Request,
      Headers: globalThis.Headers,
      WebSocket: NodeWebSocket as unknown as typeof WebSocket
    });
    const server = new JupyterServer(settings, port, mkdtempSync(join(tmpdir(), 'runtimes-')));
    try {
      await server.run();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** Start the process; it is there when this resolves. */
  async run(): Promise<void> {
    this._process = spawn(
      PYTHON,
      [
        '-m',
        'jupyter_server',
        `--ServerApp.port=${this._port}`,
        '--ServerApp.ip=127.0.0.1',
        '--ServerApp.open_browser=False',
        '--ServerApp.allow_root=True',
        `--ServerApp.root_dir=${this._root}`
      ],
      {
        stdio: 'ignore',
        env: { ...process.env, JUPYTER_NO_CONFIG: '1', JUPYTER_TOKEN: 'secret' }
      }
    );
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      try {
        const answer = await fetch(`${this.settings.baseUrl}api/status?token=secret`);
        if (answer.ok) {
          return;
        }
      } catch (error) {
        if (Date.now() > deadline) {
          throw error;
        }
      }
      await new Promise(done => setTimeout(done, 50));
    }
  }

  /** End the process as a lost machine would; its kernels end when they miss it. */
  async kill(): Promise<void> {
    const child = this._process;
    if (!child) {
      return;
    }
    this._process = null;
    const ended = new Promise(done => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
  }

  /** Keep the process from answering, without an error. */
  freeze(): void {
    this._process?.kill('SIGSTOP');
  }

  thaw(): void {
    this._process?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    this.thaw();
    await this.kill();
    rmSync(this._root, { recursive: true, force: true });
  }

  private _process: ChildProcess | null = null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise(done => server.close(done));
  return port;
}
