/** End a process and all that it started. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { identify, isAlive, type IProcessIdentity } from './processIdentity.js';

const run = promisify(execFile);

/** From asking to forcing, milliseconds. */
export const GRACE_MS = 5000;
const POLL_MS = 50;

/** Ask the group to end (SIGTERM), force it after the grace (SIGKILL); resolves when nothing of it is left. */
export async function endProcess(identity: IProcessIdentity, graceMs = GRACE_MS): Promise<void> {
  if (process.platform === 'win32') {
    if (await isAlive(identity)) {
      // There are no groups of processes to ask: the tree is forced. An exit code means that it was gone already.
      await run('taskkill', ['/PID', String(identity.pid), '/T', '/F']).catch(() => undefined);
    }
    return;
  }
  if (await isAlive(identity)) {
    signalGroup(identity.pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline && (await isAlive(identity))) {
      await new Promise(resolve => setTimeout(resolve, POLL_MS));
    }
  } else if (!(await isLeaderless(identity))) {
    return;
  }
  // Also when the leader went in time: whatever ignored the request goes now.
  signalGroup(identity.pid, 'SIGKILL');
  while (groupExists(identity.pid)) {
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

/** The leader is gone, no other process has its number, and others of its group are left. */
async function isLeaderless(identity: IProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid)) === undefined && groupExists(identity.pid);
}

function signalGroup(pgid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pgid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

function groupExists(pgid: number): boolean {
  try {
    process.kill(-pgid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
