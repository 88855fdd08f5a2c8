/** A runtime's life: its states, and which action is allowed in which. */

/** No idle time is longer, seconds: ten years. */
export const LONGEST_IDLE_SECONDS = 315_360_000;

export const RUNTIME_STATES = [
  'requested',
  'queued',
  'starting',
  'running',
  'pausing',
  'paused',
  'resuming',
  'terminating',
  'terminated',
  'expired',
  'failed'
] as const;

export type RuntimeState = (typeof RUNTIME_STATES)[number];

export type RuntimeAction =
  'interrupt' | 'restart' | 'extend' | 'pause' | 'resume' | 'snapshot' | 'terminate';

/** The states in which an action does something. In others it is refused with
 *  NOT_RUNNING, except `terminate`, which is a no-op on what has ended. */
export const ALLOWED_STATES: Record<RuntimeAction, readonly RuntimeState[]> = {
  // A pause waits for the running cell: whoever does not want to wait may stop it.
  interrupt: ['running', 'pausing'],
  restart: ['running'],
  extend: ['requested', 'queued', 'starting', 'running', 'pausing', 'paused', 'resuming'],
  pause: ['running'],
  resume: ['paused'],
  snapshot: ['running'],
  terminate: [
    'requested',
    'queued',
    'starting',
    'running',
    'pausing',
    'paused',
    'resuming',
    'expired',
    'failed'
  ]
};

/** States that nothing leaves. */
export const END_STATES: readonly RuntimeState[] = ['terminated', 'expired', 'failed'];

/** States on the way to `running`. */
export const STARTING_STATES: readonly RuntimeState[] = [
  'requested',
  'queued',
  'starting',
  'resuming'
];

/** Whether `action` may be taken in `state`. */
export function isAllowed(action: RuntimeAction, state: RuntimeState): boolean {
  return ALLOWED_STATES[action].includes(state);
}

/** Whether nothing leaves `state`. */
export function isEnd(state: RuntimeState): boolean {
  return END_STATES.includes(state);
}

/** Whether a runtime in `state` is on its way to `running`. */
export function isStarting(state: RuntimeState): boolean {
  return STARTING_STATES.includes(state);
}
