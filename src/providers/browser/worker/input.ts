import type { ISharedMemory } from '../protocol';
import { INPUT_STATE } from '../protocol';
import { emit } from './events';
import type { ServerRequests } from './requests';

/** Pause between two questions while the server can't be reached, ms. */
const RETRY_MS = 500;
/** After this long without the server, input() is given up, ms. */
const GIVE_UP_MS = 60_000;

/** input(): the worker blocks until the page has an answer. Through shared
 *  memory where there is some, else through the Jupyter Server. */
export class Input {
  constructor(
    private readonly _shared: ISharedMemory | null,
    private readonly _requests: ServerRequests
  ) {}

  /** @param parent JSON of the request's header.
   *  @returns The line; null when the user stopped the cell instead.
   *  @throws Error when the server that carries the answer is gone. */
  ask(prompt: string, password: boolean, parent: string): string | null {
    if (this._shared) {
      return askThroughMemory(this._shared, () =>
        emit({ kind: 'input', prompt, password, parent, requestId: null })
      );
    }
    const requestId = crypto.randomUUID();
    emit({ kind: 'input', prompt, password, parent, requestId });
    return this._askThroughServer(requestId);
  }

  private _askThroughServer(requestId: string): string | null {
    let lostSince: number | null = null;
    for (;;) {
      // Answers within half a minute, with 204 when nothing has come yet.
      const { status, body } = this._requests.send('GET', `input/${requestId}`);
      if (status === 200) {
        const answer = JSON.parse(new TextDecoder().decode(body)) as { value: string | null };
        return answer.value;
      }
      if (status === 204) {
        lostSince = null;
        continue;
      }
      const now = Date.now();
      lostSince ??= now;
      if (now - lostSince > GIVE_UP_MS || (status !== 0 && status < 500)) {
        throw new Error(
          `input() got no answer, because the Jupyter Server ${status ? `answered ${status}` : 'could not be reached'}. Run the cell again when it is back.`
        );
      }
      sleep(RETRY_MS);
    }
  }
}

function askThroughMemory(shared: ISharedMemory, send: () => void): string | null {
  const state = new Int32Array(shared.inputState);
  Atomics.store(state, 0, INPUT_STATE.waiting);
  send();
  while (Atomics.load(state, 0) === INPUT_STATE.waiting) {
    Atomics.wait(state, 0, INPUT_STATE.waiting);
  }
  const outcome = Atomics.load(state, 0);
  const length = Atomics.load(state, 1);
  Atomics.store(state, 0, INPUT_STATE.none);
  if (outcome === INPUT_STATE.interrupted) {
    return null;
  }
  // A decoder takes no shared memory.
  return new TextDecoder().decode(new Uint8Array(shared.inputText, 0, length).slice());
}

/** There is no other way to wait in a worker without shared memory: a request
 *  that failed at once would be repeated as fast as it fails. */
function sleep(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    /* wait */
  }
}
