/** Whether a runtime ended, or lost its kernel, because it had no memory left. */
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

import { formatBytes } from '@jupyterlab-runtimes/core/environment';

import type { ControlGroups } from './controlGroup.js';

const signals: Readonly<Record<string, number>> = constants.signals;

export interface IMemoryWatch {
  readonly groups: ControlGroups;
  /** The group that bounds its memory; undefined where none does. */
  readonly group: string | undefined;
  readonly limitBytes: number | undefined;
  /** So many ends of processes of the group have been told of. Default: 0. */
  readonly told?: number;
}

/** How often Linux has ended processes for want of memory since it started; 0 on other systems. */
export function systemOutOfMemoryCount(path = '/proc/vmstat'): number {
  return existsSync(path)
    ? Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
    : 0;
}

/**
 * A sentence that says so; '' when nothing tells that it was the memory.
 *
 * @param log The end of its log.
 * @param wasKilled It ended by SIGKILL.
 * @param countBefore What `systemOutOfMemoryCount` said when it started.
 */
export function outOfMemory(
  watch: IMemoryWatch,
  log: string,
  wasKilled: boolean,
  countBefore: number
): string {
  const { groups, group, limitBytes, told = 0 } = watch;
  const bound = limitBytes === undefined ? '' : ` (its limit is ${formatBytes(limitBytes)})`;
  const remedy = 'launch it with more, or let it work on less at a time';
  if (group !== undefined && groups.outOfMemoryCount(group) > told) {
    return `It ran out of memory${bound}: ${remedy}.`;
  }
  if (/\bMemoryError\b|Cannot allocate memory|std::bad_alloc/.test(log)) {
    return `It ran out of memory${bound}: ${remedy}.`;
  }
  if (wasKilled && systemOutOfMemoryCount() > countBefore) {
    return `The machine ran out of memory, and the system ended a process: ${remedy}.`;
  }
  return '';
}

/** What a library does that can't go on without memory. */
const GIVES_UP = new Set(['SIGABRT', 'SIGBUS', 'SIGSEGV'].map(name => -(signals[name] ?? NaN)));

/** A sentence for a kernel that ended as those do that get no memory, where each process has a limit of its own; else ''.
 *  @param exitCode Negative for a signal. */
export function perhapsOutOfMemory(limitBytes: number | undefined, exitCode = 0): string {
  return limitBytes !== undefined && GIVES_UP.has(exitCode)
    ? `Perhaps it got no more memory (its limit is ${formatBytes(limitBytes)}): then launch it with more, or let it work on less at a time.`
    : '';
}
