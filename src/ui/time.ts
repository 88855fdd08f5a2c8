/** Spans and times of day in the words of the interface. */
import type { TranslationBundle } from '@jupyterlab/translation';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long something takes, or is left: `45 s`, `12 min`, `1 h 5 min`, `3 d 4 h`; never negative. */
export function span(ms: number, trans: TranslationBundle): string {
  const left = Math.max(0, ms);
  if (left < MINUTE_MS) {
    return trans.__('%1 s', Math.round(left / SECOND_MS));
  }
  if (left < HOUR_MS) {
    return trans.__('%1 min', Math.floor(left / MINUTE_MS));
  }
  const hours = (count: number) => trans.__('%1 h', count);
  return left < DAY_MS
    ? inTwo(left, HOUR_MS, hours, MINUTE_MS, count => trans.__('%1 min', count))
    : inTwo(left, DAY_MS, count => trans.__('%1 d', count), HOUR_MS, hours);
}

function inTwo(
  ms: number,
  bigMs: number,
  big: (count: number) => string,
  smallMs: number,
  small: (count: number) => string
): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  return [big(Math.floor(ms / bigMs)), rest === 0 ? '' : small(rest)].filter(Boolean).join(' ');
}

/** A time of day where the user is: `03:05`; of another day with its date: `21 Nov, 03:05`. */
export function timeOfDay(iso: string, nowMs: number): string {
  const date = new Date(iso);
  const time = { hour: '2-digit', minute: '2-digit' } as const;
  return date.toDateString() === new Date(nowMs).toDateString()
    ? date.toLocaleTimeString([], time)
    : date.toLocaleString([], { day: 'numeric', month: 'short', ...time });
}
