import type { KernelMessage } from '@jupyterlab/services';

import type { ISharedMemory, WorkerEvent } from './protocol';
import { INPUT_LIMIT_BYTES, INPUT_STATE } from './protocol';
import type { Publisher } from './publisher';
import type { KernelSocket } from './socket';

type InputEvent = Extract<WorkerEvent, { kind: 'input' }>;

/** Hands an answer to the Jupyter Server, where the blocked worker fetches it.
 *  `null` stops the cell. */
export type PostAnswer = (requestId: string, value: string | null) => Promise<void>;

/** What a running cell asks the user. */
export class Stdin {
  constructor(
    private readonly _publisher: Publisher,
    private readonly _postAnswer: PostAnswer
  ) {}

  /** Set with every worker. */
  shared: ISharedMemory | null = null;

  get isWaiting(): boolean {
    return this._question !== null;
  }

  /** Show the question where the cell was run. */
  ask(event: InputEvent): void {
    this._question = event;
    const session = sessionOf(event);
    for (const socket of this._publisher.sockets) {
      if (socket.sessionId === session) {
        this._send(socket, event);
      }
    }
  }

  /** A connection that came back is asked again. */
  connect(socket: KernelSocket): void {
    const question = this._question;
    if (question && socket.sessionId === sessionOf(question)) {
      this._send(socket, question);
    }
  }

  /** @throws RuntimeError when the answer could not be handed over. */
  async reply(content: KernelMessage.IInputReplyMsg['content']): Promise<void> {
    await this._answer('value' in content ? content.value : '');
  }

  /** Stop the cell that asks. */
  async interrupt(): Promise<void> {
    await this._answer(null);
  }

  forget(): void {
    this._question = null;
  }

  private async _answer(value: string | null): Promise<void> {
    const question = this._question;
    if (!question) {
      return;
    }
    this._question = null;
    if (question.requestId !== null) {
      await this._postAnswer(question.requestId, value);
    } else if (this.shared) {
      writeAnswer(this.shared, value);
    }
  }

  private _send(socket: KernelSocket, { prompt, password, parent }: InputEvent): void {
    this._publisher.send(socket, 'stdin', {
      msgType: 'input_request',
      parent,
      content: JSON.stringify({ prompt, password })
    });
  }

  private _question: InputEvent | null = null;
}

/** The connection whose cell asks. */
function sessionOf(event: InputEvent): string {
  return (JSON.parse(event.parent) as { session?: string }).session ?? '';
}

/** Wake the worker. A line beyond the limit is cut, as terminals do. */
function writeAnswer(shared: ISharedMemory, value: string | null): void {
  const state = new Int32Array(shared.inputState);
  const bytes = new TextEncoder().encode(value ?? '').subarray(0, INPUT_LIMIT_BYTES);
  new Uint8Array(shared.inputText).set(bytes);
  Atomics.store(state, 1, bytes.length);
  Atomics.store(state, 0, value === null ? INPUT_STATE.interrupted : INPUT_STATE.answered);
  Atomics.notify(state, 0);
}
