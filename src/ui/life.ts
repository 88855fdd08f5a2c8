/** What is said about a runtime's time, state and size. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeLife, IRuntimeModel } from '../tokens';
import { quantity } from './quantity';
import { span, timeOfDay } from './time';

const MINUTE_MS = 60_000;

/** What a click on *Extend* adds, minutes. */
export const EXTENSION_MINUTES = 30;

type LifeSource = Pick<IRuntimeModel, 'state' | 'life'>;

/** How long it may run yet, milliseconds; null without a limit. */
export function leftMs({ life }: LifeSource, nowMs: number): number | null {
  const reservation = life?.reservation ?? null;
  if (reservation === null) {
    return null;
  }
  return reservation.expiresAt === null
    ? (reservation.remainingSeconds ?? 0) * 1000
    : Date.parse(reservation.expiresAt) - nowMs;
}

/** `42 min left, then paused`; for what is paused, from when its state is and what time it has left; '' for nothing. */
export function lifeLine(runtime: LifeSource, nowMs: number, trans: TranslationBundle): string {
  const { state, life } = runtime;
  if (life === null) {
    return '';
  }
  const left = leftMs(runtime, nowMs);
  if (state === 'paused' || state === 'resuming') {
    return [
      life.stateAsOf === null ? '' : trans.__('state of %1', timeOfDay(life.stateAsOf, nowMs)),
      left === null ? '' : trans.__('%1 left when it runs again', span(left, trans))
    ]
      .filter(Boolean)
      .join(' · ');
  }
  if (state !== 'running' && state !== 'pausing') {
    return '';
  }
  const idle = idleLine(life, left, nowMs, trans);
  const time =
    left === null || life.reservation?.expiresAt === null
      ? ''
      : life.reservation?.onExpiry === 'terminate'
        ? trans.__('%1 left, then ended', span(left, trans))
        : trans.__('%1 left, then paused', span(left, trans));
  return [time, idle].filter(Boolean).join(' · ');
}

/** Said where idling ends it before its time does: when, and what resets that. */
function idleLine(
  { idle }: IRuntimeLife,
  left: number | null,
  nowMs: number,
  trans: TranslationBundle
): string {
  const endsIn = idle?.endsAt ? Date.parse(idle.endsAt) - nowMs : null;
  if (!idle || endsIn === null || (left !== null && left < endsIn)) {
    return '';
  }
  return idle.action === 'terminate'
    ? trans.__('ended in %1 unless a cell runs', span(endsIn, trans))
    : trans.__('paused in %1 unless a cell runs', span(endsIn, trans));
}

/** By how many minutes one click can extend it; 0 for not at all. */
export function extensionMinutes({ life }: LifeSource): number {
  const { minutes = 0, maxMinutes = 0 } = life?.reservation ?? {};
  return Math.max(0, Math.min(EXTENSION_MINUTES, Math.floor(maxMinutes - minutes)));
}

/** `2 CPU · 4 GiB memory · storage “data”`; '' for nothing. */
export function sizeLine({ life }: LifeSource, trans: TranslationBundle): string {
  if (life === null) {
    return '';
  }
  const sizes = Object.entries(life.resources).map(([name, value]) => quantity(name, value, trans));
  const storage = life.storage === null ? '' : trans.__('persistent storage');
  return [...sizes, storage].filter(Boolean).join(' · ');
}

/** How often a shown countdown is to be looked at again, milliseconds. */
export function lookAgainMs(left: number | null): number {
  return left !== null && left < 2 * MINUTE_MS ? 1000 : 15_000;
}
