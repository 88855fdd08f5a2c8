/**
 * Times that survive: how long is left is kept as a duration and the moment since which it runs, never as a time of day.
 *
 * A moment has three readings. Two moments of one boot are compared by the steady one, which no clock that is set moves;
 * across boots there is only the wall clock, and a wall clock that went back counts as no time at all.
 */

/** One moment, as three clocks show it. */
export interface IInstant {
  /** Milliseconds since 1970, as the machine believes now. */
  readonly wall: number;
  /** Milliseconds since some moment of this boot; never goes back. */
  readonly steady: number;
  /** Names the boot: another one after each start of the machine. */
  readonly boot: string;
}

/** Time that is left, and since when it runs; `since` is null while it stands still. */
export interface ICountdown {
  readonly left_ms: number;
  readonly since: IInstant | null;
}

/** Milliseconds from one moment to a later one; never negative. */
export function elapsedMs(from: IInstant, to: IInstant): number {
  return Math.max(0, from.boot === to.boot ? to.steady - from.steady : to.wall - from.wall);
}

/** Milliseconds that are left; 0 or less when it is over. */
export function leftMs(countdown: ICountdown, now: IInstant): number {
  return countdown.left_ms - (countdown.since ? elapsedMs(countdown.since, now) : 0);
}

export const running = (leftMs: number, now: IInstant): ICountdown => ({
  left_ms: leftMs,
  since: now
});

/** Let it run from now on; no change when it runs. */
export const started = (countdown: ICountdown, now: IInstant): ICountdown =>
  countdown.since ? countdown : { ...countdown, since: now };

/** Let it stand still. */
export const stopped = (countdown: ICountdown, now: IInstant): ICountdown => ({
  left_ms: leftMs(countdown, now),
  since: null
});

/** Add time (or, negative, take it). */
export const prolonged = (countdown: ICountdown, ms: number): ICountdown => ({
  ...countdown,
  left_ms: countdown.left_ms + ms
});

/**
 * After a while in which nobody could be warned (the service or the machine was away): what runs out meanwhile, or at
 * once, keeps at least `minimumMs`.
 */
export function afterGap(countdown: ICountdown, minimumMs: number, now: IInstant): ICountdown {
  const left = leftMs(countdown, now);
  return countdown.since && left < minimumMs ? running(minimumMs, now) : countdown;
}

/** The time of day at which it is over, RFC 3339 UTC. */
export const endsAt = (countdown: ICountdown, now: IInstant): string =>
  new Date(now.wall + leftMs(countdown, now)).toISOString();
