/** What happens to a runtime that nobody uses. Activity is a non-silent execution or a person's input, nothing else. */
import type {
  IEnvironment,
  IIdlePolicy,
  ILaunchRequest,
  IRuntimeChange
} from '@jupyterlab-runtimes/core';

import { elapsedMs, type IInstant } from './deadlines.js';

export const WHAT_RESETS_IT = 'running a cell, or answering its input, starts the time anew';

/** The idle rule of a launch; null: never. */
export function idlePolicy(
  request: Pick<ILaunchRequest, 'idle_timeout_seconds' | 'idle_action'>,
  environment: Pick<IEnvironment, 'idle'>
): IIdlePolicy | null {
  const seconds = request.idle_timeout_seconds ?? environment.idle.timeout_seconds;
  return seconds > 0
    ? {
        timeout_seconds: seconds,
        action: request.idle_action ?? environment.idle.action,
        ends_at: null
      }
    : null;
}

/** The rule after a change by its owner. */
export function changedIdle(
  idle: IIdlePolicy | null,
  change: Pick<IRuntimeChange, 'idle_timeout_seconds' | 'idle_action'>
): IIdlePolicy | null {
  const seconds = change.idle_timeout_seconds ?? idle?.timeout_seconds ?? 0;
  return seconds > 0
    ? {
        timeout_seconds: seconds,
        action: change.idle_action ?? idle?.action ?? 'pause',
        ends_at: idle?.ends_at ?? null
      }
    : null;
}

/** Milliseconds until it has been idle for too long. */
export const idleLeftMs = (idle: IIdlePolicy, activeAt: IInstant, now: IInstant): number =>
  idle.timeout_seconds * 1000 - elapsedMs(activeAt, now);
