/** Wait until a runtime is where it was to go. */
import {
  END_STATES,
  RuntimeError,
  type IRuntimeResource,
  type RuntimesClient,
  type RuntimeState
} from '@jupyterlab-runtimes/core';

/** How often it is looked at, milliseconds. */
const POLL_MS = 200;

/** @param shows Whether to say on standard error how far it is.
 *  @throws RuntimeError START_FAILED with the service's reason, when it has ended. */
export async function untilState(
  client: RuntimesClient,
  asked: IRuntimeResource,
  states: readonly RuntimeState[],
  shows: boolean
): Promise<IRuntimeResource> {
  let runtime = asked;
  let said = '';
  while (!states.includes(runtime.state)) {
    if (END_STATES.includes(runtime.state)) {
      throw new RuntimeError(
        'START_FAILED',
        runtime.state_reason || `The runtime is ${runtime.state}.`
      );
    }
    const message = runtime.progress?.message ?? '';
    if (shows && message !== '' && message !== said) {
      process.stderr.write(`${message}\n`);
      said = message;
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
    runtime = await client.getRuntime(asked.id);
  }
  return runtime;
}
