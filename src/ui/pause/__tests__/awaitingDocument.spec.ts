import type { ISessionContext } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';

import { eventually, FakeProvider, fakeRuntime, FakeRuntimeManager } from '../../../testing';
import { AwaitingDocument } from '../awaitingDocument';

const provider = new FakeProvider({ capabilities: { resume: true } });
const use = { sessionId: 's', path: 'a.ipynb', name: 'a.ipynb', type: 'notebook' };
const paused = fakeRuntime({ provider, state: 'paused', kernelId: null, awaitedBy: [use] });

class FakeSession {
  readonly disposed = new Signal<this, void>(this);
  readonly isDisposed = false;
  readonly path = 'a.ipynb';
  session: { kernel: object; dispose: () => void } | null = null;
  kernelPreference: ISessionContext.IKernelPreference = { name: 'python3' };
  readonly taken: unknown[] = [];
  failure: Error | null = null;

  async changeKernel(model: unknown): Promise<void> {
    this.taken.push(model);
    if (this.failure) {
      throw this.failure;
    }
  }
}

function open(session = new FakeSession()) {
  const manager = new FakeRuntimeManager(provider);
  const failures: unknown[] = [];
  const waiting = new AwaitingDocument(session as unknown as ISessionContext, manager, error =>
    failures.push(error)
  );
  return { session, manager, failures, waiting };
}

describe('AwaitingDocument', () => {
  it('lets Lab start nothing while its runtime is paused, and afterwards what it would have', () => {
    const { session, manager, waiting } = open();
    manager.set({ runtimes: [paused] });
    expect(session.kernelPreference).toMatchObject({ shouldStart: false, autoStartDefault: false });
    manager.set({ runtimes: [] });
    expect(session.kernelPreference.shouldStart).toBeUndefined();
    waiting.dispose();
  });

  it('takes its runtime back once, when that runs again', async () => {
    const { session, manager } = open();
    manager.emitResumed({ key: paused.key, kernelId: 'new', awaitedBy: [use] });
    manager.emitResumed({ key: paused.key, kernelId: 'new', awaitedBy: [use] });
    await eventually(() => expect(session.taken).toEqual([{ id: 'new' }]));
  });

  it('keeps a kernel that lives, and minds no runtime of others', async () => {
    const session = new FakeSession();
    session.session = { kernel: { isDisposed: false, status: 'idle' }, dispose: jest.fn() };
    const { manager } = open(session);
    manager.emitResumed({ key: paused.key, kernelId: 'new', awaitedBy: [use] });
    session.session = null;
    manager.emitResumed({
      key: 'fake/other',
      kernelId: 'other',
      awaitedBy: [{ ...use, path: 'b.ipynb' }]
    });
    await Promise.resolve();
    expect(session.taken).toEqual([]);
  });

  it('tells when the kernel could not be given back', async () => {
    const session = new FakeSession();
    session.failure = new Error('It is gone.');
    const { manager, failures } = open(session);
    manager.emitResumed({ key: paused.key, kernelId: 'new', awaitedBy: [use] });
    await eventually(() => expect(failures).toEqual([session.failure]));
  });
});
