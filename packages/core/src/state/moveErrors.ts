/** How what moves state ends early, in one wording everywhere. */
import { RuntimeError } from '../errors.js';

/** Somebody cancelled. */
export function moveCancelled(): RuntimeError {
  return new RuntimeError('CANCELLED', 'It was cancelled; nothing has changed.');
}

/** The kernel that was asked is gone.
 *  @param name How its runtime is called in sentences. */
export function kernelEnded(name: string): RuntimeError {
  return new RuntimeError(
    'NOT_RUNNING',
    `The kernel of ${name} ended or was restarted while its variables were being moved: nothing has changed elsewhere; start again when it runs.`
  );
}

/** A reply may be lost with its connection: whoever asked asks again, over the next one.
 *  @param name How the runtime is called in sentences. */
export function connectionLost(name: string): RuntimeError {
  return new RuntimeError('UNREACHABLE', `The connection to ${name} was lost: try again.`);
}
