/** The machine's clocks. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { IInstant } from './runtimes/deadlines.js';
import type { ISteadyClock } from './runtimes/ports.js';

/** Timers of Node hold no more, milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The steady reading goes on from the machine's time since its boot, where that and the boot's name can be had (Linux): then
 * it means the same to the next service. Elsewhere it is this process's own, and services compare wall clocks.
 */
export function systemClock(): ISteadyClock {
  const { boot, uptimeMs } = bootOf();
  const offset = uptimeMs - performance.now();
  return {
    now: () => new Date(),
    instant: (): IInstant => ({
      wall: Date.now(),
      steady: Math.round(offset + performance.now()),
      boot
    }),
    after: (ms, callback) => {
      const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER_MS));
      timer.unref();
      return { dispose: () => clearTimeout(timer) };
    }
  };
}

function bootOf(): { boot: string; uptimeMs: number } {
  try {
    return {
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      uptimeMs: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000
    };
  } catch {
    // Not Linux.
    return { boot: randomUUID(), uptimeMs: 0 };
  }
}
