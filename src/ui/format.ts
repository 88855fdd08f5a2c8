/** Times and lists in the words of the interface. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeModel } from '../tokens';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long ago something began, in one unit: `just now`, `5 min`, `3 h`, `2 d`.
 *
 * @param iso ISO 8601 UTC; null or unreadable gives ''.
 * @param nowMs Milliseconds since the epoch. A clock that runs behind the
 *   server's must not show negative ages: those are `just now` too.
 */
export function age(iso: string | null, nowMs: number, trans: TranslationBundle): string {
  const beginMs = iso === null ? NaN : Date.parse(iso);
  if (Number.isNaN(beginMs)) {
    return '';
  }
  const passedMs = nowMs - beginMs;
  if (passedMs < MINUTE_MS) {
    return trans.__('just now');
  }
  if (passedMs < HOUR_MS) {
    return trans.__('%1 min', Math.floor(passedMs / MINUTE_MS));
  }
  if (passedMs < DAY_MS) {
    return trans.__('%1 h', Math.floor(passedMs / HOUR_MS));
  }
  return trans.__('%1 d', Math.floor(passedMs / DAY_MS));
}

/** How long ago something was: `just now`, `5 min ago`; '' where nobody knows. */
export function agoText(iso: string | null, nowMs: number, trans: TranslationBundle): string {
  const ago = age(iso, nowMs, trans);
  const isNow = iso !== null && nowMs - Date.parse(iso) < MINUTE_MS;
  return ago === '' || isNow ? ago : trans.__('%1 ago', ago);
}

/**
 * A runtime's age, or, where nobody knows its beginning (Jupyter Server does
 * not), when it was last used.
 */
export function lifeText(
  { startedAt, lastActivity }: Pick<IRuntimeModel, 'startedAt' | 'lastActivity'>,
  nowMs: number,
  trans: TranslationBundle
): string {
  const iso = startedAt ?? lastActivity;
  const ago = age(iso, nowMs, trans);
  if (ago === '' || iso === null) {
    return '';
  }
  const isNow = nowMs - Date.parse(iso) < MINUTE_MS;
  if (startedAt !== null) {
    return isNow ? trans.__('started just now') : trans.__('started %1 ago', ago);
  }
  return isNow ? trans.__('active just now') : trans.__('active %1 ago', ago);
}

/** The documents of a runtime, or, where none uses it, the one that did. */
export function useText(
  { assignments, lastUsedBy }: Pick<IRuntimeModel, 'assignments' | 'lastUsedBy'>,
  trans: TranslationBundle
): string {
  if (assignments.length > 0) {
    return nameList(
      assignments.map(({ name, path }) => name || path),
      trans
    );
  }
  return lastUsedBy === null ? trans.__('not in use') : trans.__('last used by %1', lastUsedBy);
}

/** `a.ipynb`; `a.ipynb and b.ipynb`; `a.ipynb, b.ipynb and 3 more`. */
export function nameList(names: readonly string[], trans: TranslationBundle): string {
  const [first = '', second = ''] = names;
  if (names.length < 2) {
    return first;
  }
  if (names.length === 2) {
    return trans.__('%1 and %2', first, second);
  }
  return trans.__('%1, %2 and %3 more', first, second, names.length - 2);
}

/** The sentence of a failure, whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
