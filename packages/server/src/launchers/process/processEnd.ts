/** How a process ended. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

import { isAlive, type IProcessIdentity } from './processIdentity.js';

/** How often a process that is not our child is looked at, milliseconds. */
const WATCH_MS = 500;

export interface IProcessEnd {
  /** In words, without a full stop. */
  readonly reason: string;
  /** By SIGKILL, or by what nobody saw. */
  readonly wasKilled: boolean;
}

/** `was ended by SIGSEGV`, of what is not our child. @param exitCode Negative for a signal. */
export function exitInWords(exitCode: number | undefined): string {
  if (exitCode === undefined) {
    return 'died';
  }
  const name = Object.entries(constants.signals).find(([, number]) => number === -exitCode)?.[0];
  return exitCode < 0
    ? `was ended by ${name ?? `signal ${-exitCode}`}`
    : `ended with exit code ${exitCode}`;
}

/** Resolves with its exit code or signal. */
export function childEnded(child: ChildProcess): Promise<IProcessEnd> {
  return new Promise(resolve => {
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve({
        reason: signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`,
        wasKilled: signal === 'SIGKILL'
      });
    if (child.exitCode !== null || child.signalCode !== null) {
      onExit(child.exitCode, child.signalCode);
    } else {
      child.once('exit', onExit);
    }
  });
}

/** The same for a process that is not our child: its exit code is not known. */
export async function processEnded(identity: IProcessIdentity): Promise<IProcessEnd> {
  while (await isAlive(identity)) {
    await new Promise(resolve => setTimeout(resolve, WATCH_MS).unref());
  }
  return { reason: 'it ended while nobody was there to see how', wasKilled: true };
}
