import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Session } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { eventually } from '../../testing';
import { SessionRejoin } from '../rejoin';
import { takeBack } from '../takeBack';

/** As much of Lab's as is used; `finish` ends what `changeKernel` has begun, as Lab does. */
class FakeContext {
  readonly statusChanged = new Signal<this, string>(this);
  readonly sessionChanged = new Signal<this, void>(this);
  readonly ready = Promise.resolve();
  readonly path = 'a.ipynb';
  readonly isReady = true;
  readonly isDisposed = false;
  readonly isTerminating = false;
  session: { kernel: { id: string; isDisposed: boolean; status: string } } | null = null;
  readonly begun: string[] = [];

  changeKernel({ id }: { id: string }): Promise<void> {
    this.begun.push(id);
    this.statusChanged.emit('starting');
    return new Promise(resolve => {
      this.finish = () => {
        this.session = { kernel: { id, isDisposed: false, status: 'idle' } };
        this.sessionChanged.emit();
        resolve();
      };
    });
  }

  finish = (): void => undefined;
}

function open() {
  const context = new FakeContext();
  const sessions = { running: [] as object[], runningChanged: new Signal<object, unknown>({}) };
  const panel = { sessionContext: context, disposed: new Signal<object, void>({}) };
  const manager = {
    runningChanged: sessions.runningChanged,
    running: () => sessions.running[Symbol.iterator]()
  };
  const rejoin = new SessionRejoin(
    panel as unknown as NotebookPanel,
    manager as unknown as Session.IManager
  );
  const showRunning = (kernelId: string): void => {
    sessions.running = [{ path: 'a.ipynb', kernel: { id: kernelId } }];
    sessions.runningChanged.emit(undefined);
  };
  return { context: context as FakeContext & ISessionContext, rejoin, showRunning };
}

describe('SessionRejoin', () => {
  it('takes the session that a place shows late, once', async () => {
    const { context, showRunning } = open();
    showRunning('k');
    showRunning('k');
    await eventually(() => expect(context.begun).toEqual(['k']));
    context.finish();
    showRunning('k');
    await Promise.resolve();
    expect(context.begun).toEqual(['k']);
  });

  it('leaves a session alone that Lab is making', async () => {
    const { context, showRunning } = open();
    const making = context.changeKernel({ id: 'k' });
    // It has the notebook's path already; the notebook does not have it yet.
    showRunning('k');
    context.finish();
    await making;
    showRunning('k');
    await Promise.resolve();
    expect(context.begun).toEqual(['k']);
  });

  it('and a resumed runtime begin one session, whoever is first', async () => {
    const { context, showRunning } = open();
    showRunning('k');
    await eventually(() => expect(context.begun).toEqual(['k']));
    const taking = takeBack(context, 'k');
    context.finish();
    await taking;
    expect(context.begun).toEqual(['k']);
  });

  it('does nothing once its notebook is closed', async () => {
    const { context, rejoin, showRunning } = open();
    rejoin.dispose();
    showRunning('k');
    await Promise.resolve();
    expect(context.begun).toEqual([]);
  });
});
