/** A control group of Linux for one runtime: bounds of memory and processors for all of its processes together. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface IBounds {
  readonly memoryBytes?: number;
  /** Processors; 0.5 is half of one. */
  readonly cpus?: number;
}

/** What a group bounds, and the folder that does it. */
export interface IControlGroup {
  readonly memory?: string;
  readonly cpu?: string;
}

export interface IControlGroupsOptions {
  /** Where control groups are, `/sys/fs/cgroup`. */
  readonly root: string;
  /** The content of `/proc/self/cgroup`; '' where there is none. */
  readonly own: string;
}

/** A process that has ended may be in its group a while longer, milliseconds. */
const REMOVE_WITHIN_MS = 2000;
const REMOVE_POLL_MS = 50;

const CPU_PERIOD_US = 100_000;
const NAME = (id: string): string => `jupyterlab-runtimes-${id}`;

export class ControlGroups {
  constructor(private readonly _options: IControlGroupsOptions) {}

  /**
   * Make the groups of a runtime, below the service's own (version 1) or beside it (version 2, where a group with
   * processes in it has no others with bounds below it).
   *
   * @returns What could be bounded: nothing where the service may not.
   */
  make(id: string, bounds: IBounds): IControlGroup {
    return {
      ...(bounds.memoryBytes === undefined
        ? {}
        : group('memory', this._bounded('memory', id, memoryFiles(bounds.memoryBytes)))),
      ...(bounds.cpus === undefined
        ? {}
        : group('cpu', this._bounded('cpu', id, cpuFiles(bounds.cpus))))
    };
  }

  /** Put a process, and all that it starts from now on, into a group.
   *  @returns Whether it is in. */
  enter(folder: string, pid: number): boolean {
    return write(join(folder, 'cgroup.procs'), String(pid));
  }

  /** How often the system ended a process of the group because it had no memory left. */
  outOfMemoryCount(folder: string): number {
    for (const name of ['memory.events', 'memory.oom_control']) {
      const path = join(folder, name);
      if (existsSync(path)) {
        return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
      }
    }
    return 0;
  }

  /** Remove groups of runtimes that are none of these: their processes have ended. */
  removeOthers(ids: ReadonlySet<string>): void {
    const names = new Set([...ids].map(NAME));
    for (const controller of ['memory', 'cpu']) {
      for (const { folder } of this._parents(controller)) {
        if (existsSync(folder)) {
          readdirSync(folder)
            .filter(name => name.startsWith(NAME('')) && !names.has(name))
            .forEach(name => this.remove(join(folder, name)));
        }
      }
    }
  }

  /** Remove a group whose processes have ended, as soon as the system has let go of the last one. One that still has
   *  some stays, and is found at the next start. */
  async removeSoon(folder: string): Promise<void> {
    const until = Date.now() + REMOVE_WITHIN_MS;
    while (!this.remove(folder) && Date.now() < until) {
      await new Promise(resolve => setTimeout(resolve, REMOVE_POLL_MS));
    }
  }

  /** @returns false when a process is still in it. */
  remove(folder: string): boolean {
    try {
      rmdirSync(folder);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') {
        return true;
      }
      if (code === 'EBUSY') {
        return false;
      }
      throw error;
    }
  }

  private _bounded(
    controller: string,
    id: string,
    files: Record<'v1' | 'v2', Readonly<Record<string, string>>>
  ): string | undefined {
    for (const { folder, version } of this._parents(controller)) {
      const path = join(folder, NAME(id));
      if (makeFolder(path)) {
        if (
          Object.entries(files[version]).every(([name, value]) => write(join(path, name), value))
        ) {
          return path;
        }
        this.remove(path);
      }
    }
    return undefined;
  }

  /** Where a group with this controller may be made, the best first. */
  private _parents(controller: string): { folder: string; version: 'v1' | 'v2' }[] {
    const { root, own } = this._options;
    const lines = own
      .split('\n')
      .map(line => /^\d+:([^:]*):(.+)$/.exec(line))
      .filter(match => match !== null);
    const v1 = lines.find(([, names]) => names.split(',').includes(controller));
    if (v1) {
      const mounts = [v1[1], controller].map(name => join(root, name));
      const mount = mounts.find(each => existsSync(each));
      return mount === undefined
        ? []
        : [join(mount, v1[2])]
            .filter(folder => existsSync(folder))
            .map(folder => ({ folder, version: 'v1' }));
    }
    const v2 = lines.find(([, names]) => names === '');
    if (!v2) {
      return [];
    }
    const mount = existsSync(join(root, 'cgroup.controllers')) ? root : join(root, 'unified');
    const ownFolder = join(mount, v2[2]);
    return [dirname(ownFolder), ownFolder]
      .filter(folder => folder.startsWith(mount) && hasController(folder, controller))
      .map(folder => ({ folder, version: 'v2' }));
  }
}

function group(name: 'memory' | 'cpu', folder: string | undefined): IControlGroup {
  return folder === undefined ? {} : { [name]: folder };
}

function memoryFiles(bytes: number): Record<'v1' | 'v2', Record<string, string>> {
  const limit = String(Math.floor(bytes));
  return {
    v1: { 'memory.limit_in_bytes': limit },
    // Without its group, a runtime that ran out of memory would go on with some of its processes.
    v2: { 'memory.max': limit }
  };
}

function cpuFiles(cpus: number): Record<'v1' | 'v2', Record<string, string>> {
  const quota = String(Math.max(1000, Math.round(cpus * CPU_PERIOD_US)));
  return {
    v1: { 'cpu.cfs_period_us': String(CPU_PERIOD_US), 'cpu.cfs_quota_us': quota },
    v2: { 'cpu.max': `${quota} ${CPU_PERIOD_US}` }
  };
}

function hasController(folder: string, controller: string): boolean {
  const path = join(folder, 'cgroup.subtree_control');
  return existsSync(path) && readFileSync(path, 'utf8').split(/\s+/).includes(controller);
}

/** That it can't is the usual case: most services may not. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: false });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}

function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'r+' });
    return true;
  } catch {
    // Refused by the system (EACCES, EPERM, EROFS, EINVAL, …): the caller does without.
    return false;
  }
}
