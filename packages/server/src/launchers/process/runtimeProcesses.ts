/**
 * The processes of a runtime beside its Jupyter Server: kernels are in sessions of their own, so that a signal to the
 * server's group does not reach them. They descend from it, or (when it is gone) their command line names a connection
 * file in the runtime's private folder.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { identify, type IProcessIdentity } from './processIdentity.js';

const run = promisify(execFile);

interface IProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** @param leader The Jupyter Server, alive or not. */
export async function runtimeProcesses(
  leader: number | undefined,
  folder: string
): Promise<IProcessIdentity[]> {
  const all = (process.platform === 'linux' ? await fromProc() : await fromPs()).filter(
    ({ pid }) => pid !== process.pid && pid !== leader
  );
  const found = new Set(all.flatMap(({ pid, command }) => (command.includes(folder) ? [pid] : [])));
  const roots = new Set(leader === undefined ? found : [leader, ...found]);
  for (let grew = true; grew;) {
    const children = all.filter(({ pid, parent }) => roots.has(parent) && !found.has(pid));
    children.forEach(({ pid }) => {
      found.add(pid);
      roots.add(pid);
    });
    grew = children.length > 0;
  }
  const identities = await Promise.all([...found].map(identify));
  return identities.filter(identity => identity !== undefined);
}

async function fromProc(): Promise<IProcess[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const processes = await Promise.all(
    pids.map(async pid => {
      // A process that ends meanwhile has no files any more, and is none of those we look for.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return { pid: Number(pid), parent, command };
    })
  );
  return processes.filter(({ parent }) => Number.isInteger(parent));
}

async function fromPs(): Promise<IProcess[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,command='], {
    maxBuffer: 64 * 1024 * 1024
  });
  return stdout.split('\n').flatMap(line => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
