/** What the service knows of a runtime's time, beside what it shows. */
import type { ICountdown, IInstant } from './deadlines.js';

/** Why a runtime's time is up. */
export type EndCause = 'expiry' | 'idle';

/** How a runtime ends. */
export type EndState = 'terminated' | 'expired' | 'failed';

/** Time that the operator gives after the end, so that a cell can finish or a person can act. */
export interface IGrace {
  readonly cause: EndCause;
  readonly left: ICountdown;
  /** What holds it up, a sentence. */
  readonly why: string;
  /** It waits for the running cell; else the end was tried, and waits for something to change. */
  readonly waits_for_cell: boolean;
}

export interface ILifeRecord {
  /** What is left of the reservation; null without one. */
  readonly budget: ICountdown | null;
  /** When something happened last: an execution, an input, the end of a cell. */
  readonly active_at: IInstant | null;
  readonly grace: IGrace | null;
  /** When its state was captured last (or when it began to run). */
  readonly copied_at: IInstant | null;
  /** Something ran since. */
  readonly ran_since_copy: boolean;
  /** The snapshot that a pause has stored: what is left is to end the process. */
  readonly paused_with: string | null;
  /** The state that it is to start with. */
  readonly restore: string | null;
  /** What it becomes when it has ended; null while it is not to end. */
  readonly ends_as: EndState | null;
  /** Environment variables of its launch. */
  readonly env: Readonly<Record<string, string>>;
}

export const NO_LIFE: ILifeRecord = {
  budget: null,
  active_at: null,
  grace: null,
  copied_at: null,
  ran_since_copy: false,
  paused_with: null,
  restore: null,
  ends_as: null,
  env: {}
};
