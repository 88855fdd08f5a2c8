import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { KernelMessage } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { HeldCells } from '../heldCells';

type Reply = KernelMessage.IExecuteReplyMsg;

/** A connection that notes what it is asked, and answers when it is told to. */
class NotingKernel {
  readonly clientId = 'page';
  readonly isDisposed = false;
  readonly asked: string[] = [];
  interrupts = 0;
  readonly done = new PromiseDelegate<Reply>();
  readonly hooks: unknown[] = [];

  requestExecute({ code }: { code: string }) {
    this.asked.push(code);
    const { done, hooks } = this;
    return {
      done: done.promise,
      onIOPub: (_: unknown): void => undefined,
      registerMessageHook: (hook: unknown) => void hooks.push(hook)
    };
  }

  async interrupt(): Promise<void> {
    this.interrupts++;
  }
}

function setUp() {
  const kernels = [new NotingKernel(), new NotingKernel()];
  const context = { session: { kernel: kernels[0] } };
  const document = {
    ...context,
    kernelChanged: new Signal<object, void>(context),
    disposed: new Signal<object, void>(context)
  };
  const marks = new Map<string, { reason: string; drop: () => void }>();
  const held = new HeldCells((_, { id, ...why }) => {
    marks.set(id, why);
    return { isDisposed: false, dispose: () => void marks.delete(id) };
  });
  const hold = (reason = 'why') => held.hold(document as unknown as ISessionContext, reason);
  const run = (cellId: string | null, kernel = document.session.kernel) =>
    (kernel as unknown as Kernel.IKernelConnection).requestExecute(
      { code: cellId ?? 'other' },
      true,
      cellId === null ? {} : { cellId }
    );
  const changeKernel = () => {
    document.session.kernel = kernels[1];
    document.kernelChanged.emit();
  };
  return { kernels, marks, hold, run, changeKernel };
}

describe('HeldCells', () => {
  it('runs what waited in its order, and lets through what no cell asks for', () => {
    const { kernels, marks, hold, run } = setUp();
    const held = hold('until they are here');
    run('a');
    run('b');
    run(null);
    expect(kernels[0].asked).toEqual(['other']);
    expect(held.waiting).toBe(2);
    expect(marks.get('a')?.reason).toBe('until they are here');
    held.release();
    expect(kernels[0].asked).toEqual(['other', 'a', 'b']);
    expect(marks.size).toBe(0);
    run('c');
    expect(kernels[0].asked).toEqual(['other', 'a', 'b', 'c']);
  });

  it('runs it in the kernel that the document has at the end', async () => {
    const { kernels, hold, run, changeKernel } = setUp();
    const held = hold();
    const early = run('a');
    changeKernel();
    run('b');
    held.release();
    expect(kernels.map(({ asked }) => asked)).toEqual([[], ['a', 'b']]);
    run('c', kernels[0]);
    expect(kernels[0].asked).toEqual(['c']);
    const reply = { content: { status: 'ok' } } as Reply;
    kernels[1].done.resolve(reply);
    expect(await early.done).toBe(reply);
  });

  it('waits for the last of those who hold', () => {
    const { kernels, hold, run } = setUp();
    const [first, second] = [hold(), hold()];
    run('a');
    first.release();
    first.release();
    expect(kernels[0].asked).toEqual([]);
    second.release();
    expect(kernels[0].asked).toEqual(['a']);
  });

  it('does not run what was dropped by its mark, by an interrupt, or all at once', async () => {
    const { kernels, marks, hold, run } = setUp();
    const held = hold();
    const dropped = [run('a').done];
    marks.get('a')?.drop();
    const kept = run('b');
    expect(held.waiting).toBe(1);
    dropped.push(kept.done);
    await kernels[0].interrupt();
    expect(kernels[0].interrupts).toBe(1);
    dropped.push(run('c').done);
    held.drop();
    for (const each of dropped) {
      // Lab takes a rejection that begins so for a cell that was not run.
      await expect(each).rejects.toThrow(/^Canceled/);
    }
    held.release();
    expect(kernels[0].asked).toEqual([]);
  });

  it('hands hooks and handlers on to the execution that begins later', () => {
    const { kernels, hold, run } = setUp();
    const held = hold();
    const future = run('a');
    const hook = () => true;
    future.registerMessageHook(hook);
    held.release();
    expect(kernels[0].hooks).toEqual([hook]);
  });
});
