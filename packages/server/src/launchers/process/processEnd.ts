/** How a process ended. */
import type { ChildProcess } from 'node:child_process';

import { isAlive, type IProcessIdentity } from './processIdentity.js';

/** How often a process that is not our child is looked at, milliseconds. */
const WATCH_MS = 500;

/** Resolves with its exit code or signal, in words. */
export function childEnded(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve(signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`);
    if (child.exitCode !== null || child.signalCode !== null) {
      onExit(child.exitCode, child.signalCode);
    } else {
      child.once('exit', onExit);
    }
  });
}

/** The same for a process that is not our child: its exit code is not known. */
export async function processEnded(identity: IProcessIdentity): Promise<string> {
  while (await isAlive(identity)) {
    await new Promise(resolve => setTimeout(resolve, WATCH_MS).unref());
  }
  return 'it ended while nobody was there to see how';
}
