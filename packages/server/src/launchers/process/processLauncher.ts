/** Runtimes as processes of this machine: each one a Jupyter Server in a session of its own, which outlives the service. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
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
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

import { ingressPath, RuntimeError, type IEnvironment } from '@jupyterlab-runtimes/core';
import {
  checkLaunchVariables,
  expand,
  type IManifest,
  type Variables
} from '@jupyterlab-runtimes/core/environment';

import type { EnvironmentCatalog } from '../../environments/catalog.js';
import type { IJupyterAddress, JupyterPlace } from '../../jupyter/address.js';
import type { IKernelEnd, ILaunched, ILauncher, ILaunchPlan } from '../../runtimes/ports.js';
import { cleanEnvironment, deactivated } from './cleanEnvironment.js';
import { condaVariables } from './condaActivation.js';
import type { Contents } from './contents.js';
import type { ControlGroups, IControlGroup } from './controlGroup.js';
import { endProcess } from './endProcess.js';
import { freePort } from './freePort.js';
import type { Homes, IHome } from './home.js';
import { builtInInterpreter } from './interpreter.js';
import type { Interpreters } from './interpreters.js';
import runtimeServer from './jupyter/runtime_server.py';
import kernelLauncher from './jupyter/kernel_launcher.py';
import retainedChannel from './jupyter/retained_channel.py';
import retainedMessages from './jupyter/retained_messages.py';
import { writeKernelspec } from './kernelFolder.js';
import { limit, type ISelfBounds } from './limits.js';
import { readLogTail } from './logTail.js';
import { outOfMemory, perhapsOutOfMemory, systemOutOfMemoryCount } from './memoryEnd.js';
import { leavePrivateRoot, makePrivateFolder, privateRoot } from './privateFolder.js';
import { childEnded, exitInWords, processEnded, type IProcessEnd } from './processEnd.js';
import { identify, isAlive, type IProcessIdentity } from './processIdentity.js';
import type { PythonEnvironment } from './pythonEnvironment.js';
import { serverArguments } from './serverArguments.js';

export interface IProcessLauncherOptions {
  /** What runs the Jupyter Servers. */
  readonly python: string;
  readonly environment: PythonEnvironment;
  readonly catalog: EnvironmentCatalog;
  readonly interpreters: Interpreters;
  readonly homes: Homes;
  readonly contents: Contents;
  readonly groups: ControlGroups;
  /** Absolute path of the service's data folder. */
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What is kept in the runtime's record. */
interface IHandle extends IProcessIdentity {
  readonly place: JupyterPlace;
  readonly group?: IControlGroup;
  readonly memoryBytes?: number;
  /** What `systemOutOfMemoryCount` said at its start. */
  readonly outOfMemoryCount?: number;
  readonly notes?: readonly string[];
}

/** What a process is started with. */
interface IStart {
  readonly home: IHome;
  readonly bounds: ISelfBounds;
  readonly hasKernelspec: boolean;
  /** What it has of the service's environment variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** Python programs, by the names by which they find each other. */
const PROGRAMS = {
  'runtime_server.py': runtimeServer,
  'retained_channel.py': retainedChannel,
  'retained_messages.py': retainedMessages,
  'kernel_launcher.py': kernelLauncher
};
const SOCKET_NAME = 's';
const TOKEN_NAME = 'token';

export class ProcessLauncher implements ILauncher {
  constructor(private readonly _options: IProcessLauncherOptions) {
    this._root = privateRoot(_options.dataDir);
    this._programs = join(_options.dataDir, 'programs');
    mkdirSync(this._programs, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(PROGRAMS)) {
      writeFileSync(join(this._programs, name), text, { mode: 0o600 });
    }
    this._logs = join(_options.dataDir, 'logs');
    mkdirSync(this._logs, { recursive: true, mode: 0o700 });
  }

  listEnvironments(owner: string): Promise<IEnvironment[]> {
    return this._options.catalog.list(owner);
  }

  async diagnose(environmentName: string, owner: string): Promise<string> {
    try {
      const { manifest, variables } = await this._options.catalog.find(owner, environmentName);
      return manifest === null
        ? await this._options.environment.diagnose()
        : await this._options.interpreters.diagnose(manifest, variables);
    } catch (error) {
      if (error instanceof RuntimeError) {
        return error.message;
      }
      throw error;
    }
  }

  /** Equal for two plans whose processes would be equal: one that was started for the first can serve the second. */
  async fingerprint(plan: ILaunchPlan): Promise<string> {
    const { catalog } = this._options;
    const { text, owner, variables } = await catalog.find(plan.owner, plan.environment.name);
    const sorted = (record: Readonly<Record<string, string | undefined>>): unknown[] =>
      Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
    const parts = [
      plan.owner,
      plan.environment.name,
      owner,
      text,
      sorted(variables),
      sorted(plan.env),
      sorted(plan.resources),
      plan.persistentStorage
    ];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  }

  async start(
    id: string,
    plan: ILaunchPlan,
    onHandle: (handle: unknown) => void
  ): Promise<ILaunched> {
    checkLaunchVariables(plan.env);
    const { homes, contents, groups, catalog } = this._options;
    const { manifest, variables } = await catalog.find(plan.owner, plan.environment.name);
    const folder = join(this._root, id);
    privateRoot(this._options.dataDir);
    makePrivateFolder(folder);
    const clean = cleanEnvironment(this._options.env);
    const env = manifest === null ? clean : deactivated(clean);
    const hasKernelspec = await this._prepareKernel(folder, manifest, variables, plan.env, env);
    const home = homes.home(id);
    const limits = limit(id, plan.resources, groups);
    const notes = [
      ...limits.notes,
      ...(plan.persistentStorage ? homes.addStorage(plan.owner, home) : []),
      ...(await contents.add(manifest?.spec.contents ?? [], variables, plan.owner, home))
    ];
    const token = randomBytes(32).toString('hex');
    const place: JupyterPlace =
      process.platform === 'win32'
        ? { port: await freePort() }
        : { socketPath: join(folder, SOCKET_NAME) };
    writeFileSync(join(folder, TOKEN_NAME), token, { mode: 0o600 });
    const outOfMemoryCount = systemOutOfMemoryCount();
    const begin: IStart = { home, bounds: limits.self, hasKernelspec, env };
    const { child, pid } = await this._spawn(id, folder, token, place, begin);
    for (const [what, group] of Object.entries(limits.group) as [string, string][]) {
      // It has started nothing yet: that takes Python half a second.
      if (!groups.enter(group, pid)) {
        notes.push(`Its ${what} is not bounded: it could not be put into its control group.`);
      }
    }
    const identity = (await identify(pid)) ?? { pid, startTime: 'gone', bootId: 'gone' };
    const { group, memoryBytes } = limits;
    const handle: IHandle = { ...identity, place, group, memoryBytes, outOfMemoryCount, notes };
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
    const { groups } = this._options;
    const folder = join(this._root, id);
    const known = (handle as IHandle | null) ?? (await this._handleFromFolder(folder));
    await endProcess(known, folder);
    await Promise.all(
      Object.values(known?.group ?? {}).map((group: string) => groups.removeSoon(group))
    );
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    leavePrivateRoot(this._options.dataDir, this._root);
  }

  /** A runtime is gone for good: remove what outlives a pause, and what told why it failed. */
  forget(id: string): Promise<void> {
    rmSync(this._logPath(id), { force: true });
    return this._options.homes.remove(id);
  }

  async endOrphans(ids: ReadonlySet<string>): Promise<void> {
    const strangers = readdirSync(privateRoot(this._options.dataDir)).filter(
      name => !ids.has(name)
    );
    await Promise.all(strangers.map(id => this.end(id, null)));
    this._options.groups.removeOthers(ids);
    this._options.homes.removeOthers(ids);
    for (const name of readdirSync(this._logs)) {
      if (!ids.has(name.replace(/\.log$/, ''))) {
        rmSync(join(this._logs, name), { force: true });
      }
    }
  }

  /** @param env What it has of the service's environment variables.
   *  @returns Whether kernels have a kernelspec of their own: the built-in environment needs none. */
  private async _prepareKernel(
    folder: string,
    manifest: IManifest | null,
    variables: Variables,
    launchEnv: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>>
  ): Promise<boolean> {
    if (manifest === null && Object.keys(launchEnv).length === 0) {
      return false;
    }
    const interpreter =
      manifest === null
        ? builtInInterpreter(this._options.python)
        : await this._options.interpreters.find(manifest, variables);
    const own = (manifest?.spec.env ?? []).map(({ name, value, valueFrom }) => {
      if (value === undefined && valueFrom?.secretKeyRef && !valueFrom.secretKeyRef.optional) {
        throw new RuntimeError(
          'ENVIRONMENT_INVALID',
          `The variable ${name} of the environment comes from a Kubernetes secret, which this service has none of: give it a value.`
        );
      }
      return [name, expand(String(value ?? ''), variables, `spec.env ${name}`)] as const;
    });
    const paths = interpreter.spec.env ?? {};
    const { CONDA_PREFIX: prefix } = paths;
    const conda = prefix === undefined ? {} : await condaVariables(prefix, { ...env, ...paths });
    writeKernelspec(folder, interpreter, { ...conda, ...Object.fromEntries(own), ...launchEnv });
    return true;
  }

  private async _spawn(
    id: string,
    folder: string,
    token: string,
    place: JupyterPlace,
    { home, bounds, hasKernelspec, env }: IStart
  ): Promise<{ child: ChildProcess; pid: number }> {
    const log = openSync(this._logPath(id), 'a', 0o600);
    try {
      const child = spawn(
        this._options.python,
        [
          join(this._programs, 'runtime_server.py'),
          ...serverArguments(id, place, home.workingDirectory)
        ],
        {
          cwd: home.workingDirectory,
          // A session of its own: it outlives the service, and a signal to its group reaches all that it started.
          detached: true,
          windowsHide: true,
          stdio: ['ignore', log, log],
          env: {
            ...(home.isPrivate ? withHome(env, home.home) : env),
            ...(hasKernelspec
              ? { JUPYTER_PATH: [folder, env['JUPYTER_PATH']].filter(Boolean).join(delimiter) }
              : {}),
            ...bounds,
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
      throw await this._spawnError(error, home.workingDirectory);
    } finally {
      closeSync(log);
    }
  }

  private async _spawnError(error: unknown, workingDirectory: string): Promise<RuntimeError> {
    if (!existsSync(workingDirectory)) {
      return new RuntimeError(
        'START_FAILED',
        `The working directory ${workingDirectory} does not exist: make it, or start the runtime service with another --root-dir.`,
        { cause: error }
      );
    }
    const diagnosis = await this._options.environment.diagnose();
    return new RuntimeError(
      'ENVIRONMENT_BROKEN',
      diagnosis ||
        `${this._options.python} can't be started (${(error as Error).message}): repair that environment.`,
      { cause: error }
    );
  }

  private _launched(
    id: string,
    handle: IHandle,
    token: string,
    ended: Promise<IProcessEnd>
  ): ILaunched {
    const { groups } = this._options;
    const { memory: group } = handle.group ?? {};
    const watch = { groups, group, limitBytes: handle.memoryBytes };
    // Of a kernel that ended before: told, and not to be told of another end.
    let told = 0;
    let countBefore = handle.outOfMemoryCount ?? Infinity;
    const tail = (wasKilled: boolean): string => {
      const log = readLogTail(this._logPath(id));
      const memory = outOfMemory({ ...watch, told }, log, wasKilled, countBefore);
      return `${memory} ${log}`.trim();
    };
    const kernelEnd = (exitCode: number | undefined): IKernelEnd => {
      const log = readLogTail(this._logPath(id));
      const wasKilled = exitCode === -constants.signals.SIGKILL;
      const memory = outOfMemory({ ...watch, told }, log, wasKilled, countBefore);
      told = group === undefined ? 0 : groups.outOfMemoryCount(group);
      countBefore = Math.max(countBefore, systemOutOfMemoryCount());
      const own = group === undefined ? handle.memoryBytes : undefined;
      const why = memory || perhapsOutOfMemory(own, exitCode);
      return { how: exitInWords(exitCode), why, log };
    };
    const address: IJupyterAddress = { place: handle.place, basePath: ingressPath(id), token };
    return {
      address,
      notes: handle.notes ?? [],
      logTail: () => tail(false),
      kernelEnd,
      ended: ended.then(({ reason, wasKilled }) => `${reason}. ${tail(wasKilled)}`.trim())
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

/** Programs keep what they keep for their user in the home folder, and nowhere else. */
function withHome(env: Readonly<Record<string, string>>, home: string): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('XDG_') && !OF_HOME.has(name)
  );
  const homes = process.platform === 'win32' ? ['HOME', 'USERPROFILE'] : ['HOME'];
  return Object.fromEntries([...kept, ...homes.map(name => [name, home] as const)]);
}

const OF_HOME = new Set([
  'IPYTHONDIR',
  'MPLCONFIGDIR',
  'PYTHONUSERBASE',
  'APPDATA',
  'LOCALAPPDATA'
]);
