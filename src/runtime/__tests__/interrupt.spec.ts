import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type { IAskedInterrupt } from '../../kernels';
import { FakeProvider, fakeRuntime } from '../../testing';
import type { IFailedInterrupt } from '../../tokens';
import { InterruptWatch } from '../interruptWatch';

const NEEDS_ENDING = new RuntimeError('INTERRUPT_NEEDS_ISOLATION', 'The page is not isolated.');
const never = () => new Promise<void>(() => undefined);

/** A page's connection, as far as an interrupt looks at it. */
class Connection {
  readonly statusChanged = new Signal<this, Kernel.Status>(this);

  constructor(public status: Kernel.Status = 'busy') {}

  become(status: Kernel.Status): void {
    this.status = status;
    this.statusChanged.emit(status);
  }
}

function setup(options: { status?: Kernel.Status; provider?: FakeProvider } = {}) {
  const connection = new Connection(options.status);
  const owner = {};
  const interruptAsked = new Signal<object, IAskedInterrupt>(owner);
  const provider = options.provider ?? new FakeProvider();
  const runtime = fakeRuntime({ provider, kernelId: 'k1' });
  const watch = new InterruptWatch(
    {
      interruptAsked,
      connectionOf: () => connection as unknown as Kernel.IKernelConnection
    },
    id => (id === 'k1' ? runtime : undefined)
  );
  const failed: IFailedInterrupt[] = [];
  watch.failed.connect((_, failure) => failed.push(failure));
  const press = (asked: Promise<void>) => {
    asked.catch(() => undefined); // Lab's caller
    interruptAsked.emit({ kernelId: 'k1', asked });
  };
  return { connection, watch, provider, runtime, failed, press };
}

describe('an interrupt that Lab asked for', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is told of when the cell has not stopped within five seconds', async () => {
    const { failed, press, runtime } = setup();
    press(Promise.resolve());
    await jest.advanceTimersByTimeAsync(4900);
    expect(failed).toEqual([]);
    await jest.advanceTimersByTimeAsync(200);
    expect(failed).toEqual([{ runtime, outcome: 'unanswered' }]);
  });

  it('is not told of when the cell stops', async () => {
    const { connection, failed, press } = setup();
    press(Promise.resolve());
    connection.become('idle');
    await jest.advanceTimersByTimeAsync(6000);
    expect(failed).toEqual([]);
  });

  it('counts as unanswered where the place does not answer either', async () => {
    const { failed, press } = setup();
    press(never());
    await jest.advanceTimersByTimeAsync(5100);
    expect(failed).toMatchObject([{ outcome: 'unanswered' }]);
  });

  it('is told of at once where only a new kernel stops the cell', async () => {
    const { failed, press } = setup();
    press(Promise.reject(NEEDS_ENDING));
    await jest.advanceTimersByTimeAsync(0);
    expect(failed).toMatchObject([{ outcome: 'impossible' }]);
  });

  it('needs no question where nothing runs', async () => {
    const { failed, press } = setup({
      status: 'idle',
      provider: new FakeProvider({ capabilities: { interrupt: false } })
    });
    press(Promise.reject(new Error('Interrupts are not known here.')));
    await jest.advanceTimersByTimeAsync(6000);
    expect(failed).toEqual([]);
  });

  it('is told of with the reason where the kernel was not reached', async () => {
    const { failed, press } = setup();
    const error = new RuntimeError('UNREACHABLE', 'The service is away.');
    press(Promise.reject(error));
    await jest.advanceTimersByTimeAsync(0);
    expect(failed).toMatchObject([{ outcome: 'failed', error }]);
  });

  it('is one interrupt however often the key is pressed, and another one later', async () => {
    const { failed, press } = setup();
    press(Promise.resolve());
    press(Promise.resolve());
    await jest.advanceTimersByTimeAsync(5100);
    expect(failed).toHaveLength(1);
    press(Promise.resolve());
    await jest.advanceTimersByTimeAsync(5100);
    expect(failed).toHaveLength(2);
  });

  it('is nobody’s to tell of when it was asked for and followed here', async () => {
    const { watch, provider, failed } = setup();
    const outcome = watch.follow({ kernelId: 'k1', asked: Promise.reject(NEEDS_ENDING) }, provider);
    expect(await outcome).toBe('impossible');
    expect(failed).toEqual([]);
  });
});
