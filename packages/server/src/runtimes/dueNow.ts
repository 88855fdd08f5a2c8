/**
 * What is to be done with a running runtime, what its owner is shown, and when to look again: decided from what is known,
 * without doing anything.
 */
import type { EndAction, IRuntimeResource, IRuntimeWarning } from '@jupyterlab-runtimes/core';

import { endsAt, elapsedMs, leftMs, type IInstant } from './deadlines.js';
import { idleLeftMs, WHAT_RESETS_IT } from './idle.js';
import type { EndCause, ILifeRecord } from './lifeRecord.js';
import { ACTION_WORDS, MINUTE_MS, selfExtension } from './reservation.js';

export interface ITimeRules {
  /** Minutes before the end at which its owner is warned, e.g. 10, 5, 1. */
  readonly warningMinutes: readonly number[];
  /** What a cell that runs at the end, or a pause that failed, gets, milliseconds. */
  readonly graceMs: number;
  /** Between two safety copies, milliseconds; 0: none. */
  readonly safetyMs: number;
  /** A reservation that extends by itself grows by so many minutes at a time. */
  readonly selfExtensionMinutes: number;
}

export interface IFacts {
  readonly resource: Pick<IRuntimeResource, 'reservation' | 'idle'>;
  readonly life: ILifeRecord;
  /** A non-silent execution runs. */
  readonly isExecuting: boolean;
  /** Launches wait for their turn. */
  readonly somebodyWaits: boolean;
  readonly now: IInstant;
}

export type Due =
  | { readonly kind: 'extend'; readonly minutes: number }
  /** Time is up: pause or terminate, and be careful. */
  | { readonly kind: 'end'; readonly cause: EndCause; readonly action: EndAction }
  /** Time is up, and a cell runs. */
  | { readonly kind: 'grace'; readonly cause: EndCause }
  /** The grace is over as well. */
  | { readonly kind: 'force'; readonly cause: EndCause; readonly action: EndAction }
  | { readonly kind: 'copy' };

export interface IDecision {
  readonly due: Due | null;
  readonly warning: IRuntimeWarning | null;
  readonly expiresAt: string | null;
  readonly idleEndsAt: string | null;
  /** Look again at the latest after so many milliseconds; Infinity: when something happens. */
  readonly nextMs: number;
}

export function dueNow(facts: IFacts, rules: ITimeRules): IDecision {
  const { resource, life, isExecuting, now } = facts;
  const expiryMs = resource.reservation && life.budget ? leftMs(life.budget, now) : Infinity;
  const idleMs =
    resource.idle && life.active_at && !isExecuting
      ? idleLeftMs(resource.idle, life.active_at, now)
      : Infinity;
  const graceMs = life.grace ? leftMs(life.grace.left, now) : Infinity;
  const copyMs = untilCopy(facts, rules);
  const due = decide(facts, rules, { expiryMs, idleMs, graceMs, copyMs });
  const warning = warningOf(facts, rules, { expiryMs, idleMs });
  const marks = rules.warningMinutes.map(minutes => minutes * MINUTE_MS);
  const next = [expiryMs, idleMs, graceMs, copyMs].filter(ms => ms > 0);
  for (const ms of [expiryMs, idleMs].filter(Number.isFinite)) {
    next.push(...marks.map(mark => ms - mark).filter(untilMark => untilMark > 0));
  }
  return {
    due,
    warning,
    expiresAt: resource.reservation && life.budget ? endsAt(life.budget, now) : null,
    idleEndsAt: Number.isFinite(idleMs) ? new Date(now.wall + idleMs).toISOString() : null,
    nextMs: Math.min(Infinity, ...next)
  };
}

interface ILeft {
  readonly expiryMs: number;
  readonly idleMs: number;
  readonly graceMs: number;
  readonly copyMs: number;
}

function decide(facts: IFacts, rules: ITimeRules, left: ILeft): Due | null {
  const { resource, life, isExecuting, somebodyWaits } = facts;
  const { reservation, idle } = resource;
  const firstMark = Math.max(0, ...marksFor(reservation?.minutes ?? 0, rules)) * MINUTE_MS;
  if (reservation && left.expiryMs <= firstMark && !somebodyWaits) {
    const minutes = selfExtension(reservation, rules.selfExtensionMinutes);
    if (minutes > 0) {
      return { kind: 'extend', minutes };
    }
  }
  if (life.grace) {
    const { cause, waits_for_cell: waits } = life.grace;
    const action = (cause === 'expiry' ? reservation?.on_expiry : idle?.action) ?? 'pause';
    if (left.graceMs <= 0) {
      return { kind: 'force', cause, action };
    }
    return waits && !isExecuting ? { kind: 'end', cause, action } : null;
  }
  if (reservation && left.expiryMs <= 0) {
    return isExecuting
      ? { kind: 'grace', cause: 'expiry' }
      : { kind: 'end', cause: 'expiry', action: reservation.on_expiry };
  }
  if (idle && left.idleMs <= 0) {
    return { kind: 'end', cause: 'idle', action: idle.action };
  }
  return left.copyMs <= 0 ? { kind: 'copy' } : null;
}

/** Milliseconds until a safety copy is to be made; Infinity while there is nothing to copy, or a cell runs. */
function untilCopy({ life, isExecuting, now }: IFacts, rules: ITimeRules): number {
  return rules.safetyMs > 0 && life.ran_since_copy && life.copied_at && !isExecuting
    ? rules.safetyMs - elapsedMs(life.copied_at, now)
    : Infinity;
}

/** Warnings that make sense for a time of so many minutes. */
const marksFor = (minutes: number, rules: ITimeRules): number[] =>
  rules.warningMinutes.filter(mark => mark < minutes);

/** The last warning that has been reached. */
function reached(leftMs: number, minutes: number, rules: ITimeRules): number | undefined {
  return marksFor(minutes, rules)
    .filter(mark => leftMs <= mark * MINUTE_MS)
    .sort((a, b) => a - b)[0];
}

function warningOf(
  { resource, life, now }: IFacts,
  rules: ITimeRules,
  { expiryMs, idleMs }: Pick<ILeft, 'expiryMs' | 'idleMs'>
): IRuntimeWarning | null {
  const { reservation, idle } = resource;
  if (life.grace) {
    const what = life.grace.cause === 'expiry' ? 'Extend it to go on' : 'Run a cell to go on';
    return {
      kind: 'grace',
      at: endsAt(life.grace.left, now),
      message: `Its time is up. ${life.grace.why} Then it ends. ${what}.`
    };
  }
  const expiry = reservation && reached(expiryMs, reservation.minutes, rules);
  const idling = idle && reached(idleMs, idle.timeout_seconds / 60, rules);
  if (reservation && expiry !== undefined && expiry !== null && expiryMs <= idleMs) {
    const more = reservation.max_minutes - reservation.minutes;
    const hint = more > 0 ? 'Extend it to go on.' : 'It can not be extended any more.';
    return {
      kind: 'expiry',
      at: new Date(now.wall + expiryMs).toISOString(),
      message: `Its time is up in ${atMost(expiry)}: then it is ${ACTION_WORDS[reservation.on_expiry]}. ${hint}`
    };
  }
  if (idle && idling !== undefined && idling !== null) {
    return {
      kind: 'idle',
      at: new Date(now.wall + idleMs).toISOString(),
      message: `Nothing has run for a while. In ${atMost(idling)} it is ${ACTION_WORDS[idle.action]}: ${WHAT_RESETS_IT}.`
    };
  }
  return null;
}

const atMost = (minutes: number): string =>
  minutes === 1
    ? 'a minute'
    : minutes < 1
      ? `${Math.round(minutes * 60)} seconds`
      : `${minutes} minutes`;
