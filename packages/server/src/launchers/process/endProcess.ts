/** End a runtime's Jupyter Server and all that it started. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

import { isAlive, type IProcessIdentity } from './processIdentity.js';
import { runtimeProcesses } from './runtimeProcesses.js';

const run = promisify(execFile);

/** From asking to forcing, milliseconds. */
export const GRACE_MS = 5000;
const POLL_MS = 50;

/**
 * Ask (SIGTERM: Jupyter Server then ends its kernels itself), and force what is left after the grace (SIGKILL).
 * Resolves when nothing of it is left.
 *
 * @param leader The Jupyter Server as it was known; undefined when it never was.
 * @param folder The runtime's private folder, by which its kernels are found.
 */
export async function endProcess(
  leader: IProcessIdentity | undefined,
  folder: string,
  graceMs = GRACE_MS
): Promise<void> {
  const isThere = leader !== undefined && (await isAlive(leader));
  if (process.platform === 'win32') {
    if (isThere) {
      // There are no groups of processes to ask: the tree is forced. An exit code means that it was gone already.
      await run('taskkill', ['/PID', String(leader.pid), '/T', '/F']).catch(() => undefined);
    }
    return;
  }
  // A process of a runtime whose folder is gone has gone before it: `/proc` is read for nobody else.
  if (!isThere && !existsSync(folder)) {
    return;
  }
  const others = await runtimeProcesses(isThere ? leader.pid : undefined, folder);
  const all = isThere ? [leader, ...others] : others;
  if (isThere) {
    signal(-leader.pid, 'SIGTERM');
  } else {
    others.forEach(({ pid }) => signal(pid, 'SIGTERM'));
  }
  await untilGone(all, Date.now() + graceMs);
  for (const identity of all) {
    if (await isAlive(identity)) {
      signal(identity.pid, 'SIGKILL');
    }
  }
  if (isThere) {
    // What it started meanwhile is in its group.
    signal(-leader.pid, 'SIGKILL');
  }
  await untilGone(all, Infinity);
}

async function untilGone(identities: readonly IProcessIdentity[], deadline: number): Promise<void> {
  let left = identities;
  while (left.length > 0 && Date.now() < deadline) {
    const alive = await Promise.all(left.map(isAlive));
    left = left.filter((_, i) => alive[i]);
    if (left.length > 0) {
      await new Promise(resolve => setTimeout(resolve, POLL_MS));
    }
  }
}

/** A process (or, negative, a group) that is gone already is as wanted. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
