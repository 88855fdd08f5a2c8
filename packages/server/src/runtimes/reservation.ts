/** The time that a runtime is given. */
import { RuntimeError, type IEnvironment, type IReservation } from '@jupyterlab-runtimes/core';
import type { EndAction, ILaunchRequest } from '@jupyterlab-runtimes/core';

export const MINUTE_MS = 60_000;

/** No reservation is longer, minutes: a year. */
export const LONGEST_MINUTES = 525_600;

/** What the operator allows; an environment's own numbers go before. */
export interface IReservationRules {
  /** For launches that don't say; null: no limit. */
  readonly defaultMinutes: number | null;
  readonly maxMinutes: number | null;
  /** Reservations may extend by themselves while nobody waits. */
  readonly maySelfExtend: boolean;
}

/** What an environment is to say of its times: the operator's, where it has none of its own. */
export function offeredTimes(
  { reservation }: Pick<IEnvironment, 'reservation'>,
  rules: IReservationRules
): IEnvironment['reservation'] {
  const max = reservation.max_minutes ?? rules.maxMinutes;
  const usual = reservation.default_minutes ?? rules.defaultMinutes;
  return {
    default_minutes: usual === null || max === null ? usual : Math.min(usual, max),
    max_minutes: max
  };
}

/**
 * The reservation of a launch; null where there is no limit.
 *
 * @throws RuntimeError INVALID_REQUEST for what is not a time, or more than may be reserved.
 */
export function reserve(
  request: Pick<ILaunchRequest, 'reservation_minutes' | 'on_expiry' | 'extends_itself'>,
  environment: Pick<IEnvironment, 'title' | 'reservation'>,
  rules: IReservationRules
): IReservation | null {
  const max = Math.min(
    environment.reservation.max_minutes ?? rules.maxMinutes ?? LONGEST_MINUTES,
    LONGEST_MINUTES
  );
  const usual = environment.reservation.default_minutes ?? rules.defaultMinutes;
  const isBounded = environment.reservation.max_minutes !== null || rules.maxMinutes !== null;
  const minutes =
    request.reservation_minutes ??
    (usual === null ? (isBounded ? max : null) : Math.min(usual, max));
  if (minutes === null) {
    return null;
  }
  if (!Number.isFinite(minutes) || minutes <= 0) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `A reservation of ${minutes} minutes is none: ask for more than 0 minutes.`
    );
  }
  if (minutes > max) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `${inWords(minutes)} is more than "${environment.title}" may be reserved for: ask for at most ${inWords(max)}.`
    );
  }
  return {
    minutes,
    max_minutes: max,
    on_expiry: request.on_expiry ?? 'pause',
    extends_itself: (request.extends_itself ?? false) && rules.maySelfExtend,
    remaining_seconds: null
  };
}

/**
 * The reservation with more minutes.
 *
 * @throws RuntimeError INVALID_REQUEST when that is more than the maximum.
 */
export function extended(
  reservation: IReservation,
  minutes: number,
  givenName: string
): IReservation {
  if (!Number.isFinite(minutes) || minutes <= 0) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `"${givenName}" can't be extended by ${minutes} minutes: ask for more than 0 minutes.`
    );
  }
  const more = reservation.max_minutes - reservation.minutes;
  if (minutes > more) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      more > 0
        ? `"${givenName}" can be extended by at most ${inWords(more)}: it may be reserved for ${inWords(reservation.max_minutes)} in all, and has ${inWords(reservation.minutes)}.`
        : `"${givenName}" has all of the ${inWords(reservation.max_minutes)} that it may be reserved for: pause it, or take a snapshot and launch a new runtime from it.`
    );
  }
  return { ...reservation, minutes: reservation.minutes + minutes };
}

/** By how many minutes a reservation extends by itself; 0 when it does not. */
export function selfExtension(
  reservation: Pick<IReservation, 'minutes' | 'max_minutes' | 'extends_itself'>,
  stepMinutes: number
): number {
  return reservation.extends_itself
    ? Math.max(0, Math.min(stepMinutes, reservation.max_minutes - reservation.minutes))
    : 0;
}

/** `90` as `1 h 30 min`. */
export function inWords(minutes: number): string {
  const whole = Math.round(minutes * 100) / 100;
  const hours = Math.floor(whole / 60);
  const rest = Math.round((whole - hours * 60) * 100) / 100;
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : '']
    .filter(Boolean)
    .join(' ');
}

/** What happens, as the end of a sentence: "it is …". */
export const ACTION_WORDS: Record<EndAction, string> = {
  pause: 'paused, with its variables kept',
  terminate: 'ended, and its variables are lost'
};
