/** A real service in a process of its own, over a folder of its own. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { END_STATES, RuntimesClient, SERVICE_NODE_ARGUMENTS } from '@jupyterlab-runtimes/core';
import type { IRuntimeResource, IServiceFile } from '@jupyterlab-runtimes/core';

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, '../../../../..');

/** The Python of the clone's virtual environment. */
export const PYTHON =
  process.platform === 'win32'
    ? join(ROOT, '.venv', 'Scripts', 'python.exe')
    : join(ROOT, '.venv', 'bin', 'python');

/** Whether the full counts of kill points and cases are to be run. */
export const LONG = process.env['JUPYTERLAB_RUNTIMES_TEST_LONG'] === '1';

let bundle: Promise<string> | undefined;

/** The service as it is in the sources now; made once per test file. */
function bundled(): Promise<string> {
  return (bundle ??= build());
}

async function build(): Promise<string> {
  const name = `service-${process.env['JEST_WORKER_ID'] ?? '0'}.mjs`;
  const outfile = join(ROOT, '.cache', 'service-under-test', name);
  await run(process.execPath, [join(ROOT, 'packages/server/build.mjs'), outfile]);
  return outfile;
}

export interface IEnded {
  readonly code: number | null;
  readonly output: string;
}

export class TestService {
  readonly folder = mkdtempSync(join(tmpdir(), 'jlr-'));
  readonly rootDir = mkdtempSync(join(tmpdir(), 'jlr-files-'));

  constructor(
    private readonly _options: {
      readonly python?: string;
      readonly args?: readonly string[];
      /** Of Node. */
      readonly execArgs?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    } = {}
  ) {}

  /** Start (again), and wait until it listens. */
  async start(): Promise<this> {
    const child = await this._spawn([]);
    this._child = child;
    while (!existsSync(this._file) || this.file.pid !== child.pid) {
      if (child.exitCode !== null) {
        throw new Error(`The service ended with exit code ${child.exitCode}: ${this._output}`);
      }
      await sleep(20);
    }
    return this;
  }

  /** Start one that is expected to end by itself. */
  async startInVain(args: readonly string[] = []): Promise<IEnded> {
    const before = this._output.length;
    const child = await this._spawn(args);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output: this._output.slice(before) };
  }

  get file(): IServiceFile {
    return JSON.parse(readFileSync(this._file, 'utf8')) as IServiceFile;
  }

  get token(): string {
    return readFileSync(join(this.folder, 'token'), 'utf8');
  }

  get client(): RuntimesClient {
    return new RuntimesClient({ baseUrl: this.file.url, fetch, token: this.token });
  }

  /** Everything it logged. */
  get output(): string {
    return this._output;
  }

  /** Wait until it is gone by itself. */
  async ended(): Promise<void> {
    const child = this._child;
    if (child?.exitCode === null && child.signalCode === null) {
      await once(child, 'exit');
    }
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    const child = this._child;
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill(name);
      await once(child, 'exit');
    }
  }

  /** Launch a runtime, and wait until it runs (or failed). */
  async launch(name?: string): Promise<IRuntimeResource> {
    const { id } = await this.client.launch({
      environment_name: 'python',
      ...(name === undefined ? {} : { given_name: name })
    });
    return this.settled(id);
  }

  async settled(id: string): Promise<IRuntimeResource> {
    for (;;) {
      const runtime = await this.client.getRuntime(id);
      if (runtime.state === 'running' || END_STATES.includes(runtime.state)) {
        return runtime;
      }
      await sleep(30);
    }
  }

  /** End it with all its runtimes, and remove its folders. */
  async dispose(): Promise<void> {
    if (this._child?.exitCode === null && this._child.signalCode === null) {
      const ended = once(this._child, 'exit');
      if (existsSync(this._file)) {
        await this.client.stopService('terminate');
      }
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.rootDir, { recursive: true, force: true });
  }

  private async _spawn(args: readonly string[]): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      [
        ...SERVICE_NODE_ARGUMENTS,
        ...(this._options.execArgs ?? []),
        await bundled(),
        ...['--data-dir', this.folder, '--root-dir', this.rootDir, '--embedded'],
        ...['--python', this._options.python ?? PYTHON, ...(this._options.args ?? []), ...args]
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this._options.env } }
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this._output += text));
    }
    return child;
  }

  private get _file(): string {
    return join(this.folder, 'service.json');
  }

  private _child: ChildProcess | undefined;
  private _output = '';
}

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Wait until it is so. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 15_000
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    }
    await sleep(20);
  }
}
