/** The service stops, and perhaps the machine with it: no state of a running runtime is to be lost by that. */
import { toRuntimeError } from '../failures.js';
import type { ILog } from './ports.js';
import type { Runtime } from './runtime.js';
import type { StateActions } from './stateActions.js';

export interface IAllToRestOptions {
  readonly actions: StateActions;
  readonly log: ILog;
  /** All of it takes at most, milliseconds. */
  readonly withinMs: number;
}

/** So many captures at the same time. */
const AT_ONCE = 4;

/**
 * Pause what can be paused without a loss. What can't (a cell runs, a name can't be carried) gets a safety copy and is left
 * running: if the machine goes on, the next service takes it over as it is; if not, it is paused with that copy then.
 */
export async function allToRest(
  runtimes: readonly Runtime[],
  { actions, log, withinMs }: IAllToRestOptions
): Promise<void> {
  const signal = AbortSignal.timeout(withinMs);
  const waiting = runtimes.filter(({ resource }) => resource.state === 'running');
  const next = async (): Promise<void> => {
    for (let runtime = waiting.shift(); runtime; runtime = waiting.shift()) {
      await toRest(runtime, actions, log, signal);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

async function toRest(
  runtime: Runtime,
  actions: StateActions,
  log: ILog,
  signal: AbortSignal
): Promise<void> {
  if (!runtime.isExecuting) {
    try {
      await actions.pause(runtime, {
        reason: 'The runtime service was stopped. Its variables are kept.',
        signal
      });
      return;
    } catch (error) {
      const { message } = toRuntimeError(error);
      log.info({ runtime: runtime.id, reason: message }, 'A runtime is left running.');
    }
  }
  await actions.copy(runtime, { mode: 'now', signal });
}
