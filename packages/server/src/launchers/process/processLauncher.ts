/** Runtimes as processes of this machine: each one a Jupyter Server in a session of its own, which outlives the service. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { ingressPath, RuntimeError, type IEnvironment } from '@jupyterlab-runtimes/core';

import type { IJupyterAddress, JupyterPlace } from '../../jupyter/address.js';
import type { ILaunched, ILauncher, ILaunchPlan } from '../../runtimes/ports.js';
import { cleanEnvironment } from './cleanEnvironment.js';
import { endProcess } from './endProcess.js';
import runtimeServer from './jupyter/runtime_server.py';
import retainedChannel from './jupyter/retained_channel.py';
import { readLogTail } from './logTail.js';
import { leavePrivateRoot, makePrivateFolder, privateRoot } from './privateFolder.js';
import { childEnded, processEnded } from './processEnd.js';
import { identify, isAlive, type IProcessIdentity } from './processIdentity.js';
import type { PythonEnvironment } from './pythonEnvironment.js';
import { serverArguments } from './serverArguments.js';

export interface IProcessLauncherOptions {
  readonly python: string;
  readonly environment: PythonEnvironment;
  /** Absolute path of the service's data folder. */
  readonly dataDir: string;
  /** Working directory of kernels, and root of the runtime's files. */
  readonly rootDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What is kept in the runtime's record. */
interface IHandle extends IProcessIdentity {
  readonly place: JupyterPlace;
}

const SOCKET_NAME = 's';
const TOKEN_NAME = 'token';

export class ProcessLauncher implements ILauncher {
  constructor(private readonly _options: IProcessLauncherOptions) {
    this._root = privateRoot(_options.dataDir);
    this._programs = join(_options.dataDir, 'programs');
    mkdirSync(this._programs, { recursive: true, mode: 0o700 });
    writeFileSync(join(this._programs, 'runtime_server.py'), runtimeServer, { mode: 0o600 });
    writeFileSync(join(this._programs, 'retained_channel.py'), retainedChannel, { mode: 0o600 });
    this._logs = join(_options.dataDir, 'logs');
    mkdirSync(this._logs, { recursive: true, mode: 0o700 });
  }

  async listEnvironments(): Promise<IEnvironment[]> {
    return [await this._options.environment.describe()];
  }

  diagnose(): Promise<string> {
    return this._options.environment.diagnose();
  }

  async start(
    id: string,
    _plan: ILaunchPlan,
    onHandle: (handle: unknown) => void
  ): Promise<ILaunched> {
    const folder = join(this._root, id);
    const token = randomBytes(32).toString('hex');
    const place: JupyterPlace =
      process.platform === 'win32'
        ? { port: await freePort() }
        : { socketPath: join(folder, SOCKET_NAME) };
    privateRoot(this._options.dataDir);
    makePrivateFolder(folder);
    writeFileSync(join(folder, TOKEN_NAME), token, { mode: 0o600 });
    const { child, pid } = await this._spawn(id, folder, token, place);
    const identity = (await identify(pid)) ?? { pid, startTime: 'gone', bootId: 'gone' };
    const handle: IHandle = { ...identity, place };
    onHandle(handle);
    return this._launched(id, handle, token, childEnded(child));
  }

  async adopt(id: string, handle: unknown): Promise<ILaunched | undefined> {
    const folder = join(this._root, id);
    const known = (handle as IHandle | null) ?? (await this._handleFromFolder(folder));
    if (!known || !(await isAlive(known)) || !existsSync(join(folder, TOKEN_NAME))) {
      return undefined;
    }
    const token = readFileSync(join(folder, TOKEN_NAME), 'utf8');
    return this._launched(id, known, token, processEnded(known));
  }

  async end(id: string, handle: unknown): Promise<void> {
    const folder = join(this._root, id);
    const known = (handle as IHandle | null) ?? (await this._handleFromFolder(folder));
    await endProcess(known, folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    rmSync(this._logPath(id), { force: true });
    leavePrivateRoot(this._options.dataDir, this._root);
  }

  async endOrphans(ids: ReadonlySet<string>): Promise<void> {
    const strangers = readdirSync(privateRoot(this._options.dataDir)).filter(
      name => !ids.has(name)
    );
    await Promise.all(strangers.map(id => this.end(id, null)));
    for (const name of readdirSync(this._logs)) {
      if (!ids.has(name.replace(/\.log$/, ''))) {
        rmSync(join(this._logs, name), { force: true });
      }
    }
  }

  private async _spawn(
    id: string,
    folder: string,
    token: string,
    place: JupyterPlace
  ): Promise<{ child: ChildProcess; pid: number }> {
    const log = openSync(this._logPath(id), 'a', 0o600);
    try {
      const child = spawn(
        this._options.python,
        [
          join(this._programs, 'runtime_server.py'),
          ...serverArguments(id, place, this._options.rootDir)
        ],
        {
          cwd: this._options.rootDir,
          // A session of its own: it outlives the service, and a signal to its group reaches all that it started.
          detached: true,
          windowsHide: true,
          stdio: ['ignore', log, log],
          env: {
            ...cleanEnvironment(this._options.env),
            JUPYTERLAB_RUNTIMES_DIR: folder,
            JUPYTERLAB_RUNTIMES_TOKEN: token
          }
        }
      );
      const pid = await new Promise<number>((resolve, reject) => {
        child.once('spawn', () => resolve(child.pid ?? 0));
        child.on('error', reject);
      });
      child.unref();
      return { child, pid };
    } catch (error) {
      throw await this._spawnError(error);
    } finally {
      closeSync(log);
    }
  }

  private async _spawnError(error: unknown): Promise<RuntimeError> {
    if (!existsSync(this._options.rootDir)) {
      return new RuntimeError(
        'START_FAILED',
        `The working directory ${this._options.rootDir} does not exist: make it, or start the runtime service with another --root-dir.`,
        { cause: error }
      );
    }
    const diagnosis = await this.diagnose();
    return new RuntimeError(
      'ENVIRONMENT_BROKEN',
      diagnosis ||
        `${this._options.python} can't be started (${(error as Error).message}): repair that environment.`,
      { cause: error }
    );
  }

  private _launched(id: string, handle: IHandle, token: string, ended: Promise<string>): ILaunched {
    const logTail = (): string => readLogTail(this._logPath(id));
    const address: IJupyterAddress = { place: handle.place, basePath: ingressPath(id), token };
    return {
      address,
      notes: [],
      logTail,
      ended: ended.then(reason => `${reason}. ${logTail()}`.trim())
    };
  }

  /** A launch that was cut off before its record was written: the process wrote its number itself. */
  private async _handleFromFolder(folder: string): Promise<IHandle | undefined> {
    const path = join(folder, 'pid');
    if (!existsSync(path)) {
      return undefined;
    }
    const identity = await identify(Number(readFileSync(path, 'utf8')));
    return identity && process.platform !== 'win32'
      ? { ...identity, place: { socketPath: join(folder, SOCKET_NAME) } }
      : undefined;
  }

  private _logPath(id: string): string {
    return join(this._logs, `${id}.log`);
  }

  private readonly _root: string;
  private readonly _programs: string;
  private readonly _logs: string;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
