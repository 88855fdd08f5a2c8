import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { eventually } from '../../testing';
import type { IExecutionJournal } from '../../tokens';
import { CellReplay } from '../replay';

const HERE = 'this page';
const BEFORE = 'the page before it';

/** A message about the execution `e` of the page before. */
function message(number: number, type = 'stream', content: object = { text: `${number} ` }) {
  return {
    header: { msg_id: `m${number}`, msg_type: type },
    parent_header: { msg_id: 'e', msg_type: 'execute_request', session: BEFORE },
    channel: type === 'execute_reply' ? 'shell' : 'iopub',
    content
  } as unknown as KernelMessage.IMessage;
}

/** A journal to which messages are added, and a connection that brings them from `cameIn` on. */
class Side {
  readonly anyMessage = new Signal<object, { msg: KernelMessage.IMessage; direction: 'recv' }>({});
  readonly kernel = { id: 'k', clientId: HERE, anyMessage: this.anyMessage };
  private readonly _said: KernelMessage.IMessage[] = [];
  private _cameIn: number | undefined;
  /** Answers of the service that are on their way. */
  readonly answers: (() => void)[] = [];

  say(count: number): void {
    for (let n = 0; n < count; n++) {
      this._add(message(this._said.length));
    }
  }

  end(): void {
    this._add(message(this._said.length, 'execute_reply', { status: 'ok', execution_count: 1 }));
    this._add(message(this._said.length, 'status', { execution_state: 'idle' }));
  }

  comeIn(): void {
    this._cameIn = this._said.length;
  }

  readonly journal = {
    nextMessage: () => (this._cameIn === undefined ? undefined : this._said.length),
    list: () =>
      this._answer(() => [
        { msgId: 'e', cellId: 'c', clientId: BEFORE, isFinished: false, cutBytes: 0 }
      ]),
    messages: (_kernel: string, _msgId: string, _client: string, before?: number) =>
      this._answer(() => this._said.slice(0, before ?? this._cameIn))
  } as unknown as IExecutionJournal;

  private _add(msg: KernelMessage.IMessage): void {
    this._said.push(msg);
    if (this._cameIn !== undefined) {
      this.anyMessage.emit({ msg, direction: 'recv' });
    }
  }

  private _answer<T>(make: () => T): Promise<T> {
    return new Promise(resolve => this.answers.push(() => resolve(make())));
  }
}

function open(side: Side) {
  let text = '';
  const cell = {
    model: {
      id: 'c',
      type: 'code',
      executionState: 'idle',
      executionCount: null,
      sharedModel: { getSource: () => '' }
    },
    isDisposed: false,
    outputArea: {
      set future(future: Kernel.IShellFuture) {
        future.onIOPub = ({ content }) => {
          text += (content as { text?: string }).text ?? '';
        };
      }
    }
  };
  const panel = {
    context: { ready: Promise.resolve(), isReady: true, saveState: new Signal({}) },
    sessionContext: { kernelChanged: new Signal({}), session: { kernel: side.kernel } },
    disposed: new Signal({}),
    content: { widgets: [cell] }
  };
  const failures: unknown[] = [];
  const replay = new CellReplay(
    panel as unknown as NotebookPanel,
    () => side.journal,
    error => failures.push(error)
  );
  return { replay, cell, failures, text: () => text };
}

/** Let the service's next answer arrive. */
async function answer(side: Side): Promise<void> {
  await eventually(() => expect(side.answers.length).toBeGreaterThan(0));
  side.answers.shift()?.();
  await Promise.resolve();
}

const numbers = (count: number): string =>
  Array.from({ length: count }, (_, number) => `${number} `).join('');

describe('CellReplay', () => {
  it('brings every message once, whenever the connection comes in', async () => {
    const steps = ['before the notebook', 'while executions are listed', 'while messages come'];
    for (const comesIn of steps) {
      const side = new Side();
      side.say(2);
      const step = (name: string): void => {
        side.say(2);
        if (name === comesIn) {
          side.comeIn();
          side.say(2);
        }
      };
      step('before the notebook');
      const { replay, cell, failures, text } = open(side);
      await eventually(() => expect(side.answers).toHaveLength(1));
      step('while executions are listed');
      await answer(side);
      await eventually(() => expect(side.answers).toHaveLength(1));
      step('while messages come');
      await answer(side);
      side.say(2);
      side.end();
      await eventually(() => expect(cell.model.executionCount).toBe(1));
      expect([comesIn, text()]).toEqual([comesIn, numbers(12)]);
      expect(failures).toEqual([]);
      replay.dispose();
    }
  });
});
