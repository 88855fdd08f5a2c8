import type { ISessionContext } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { eventually, FakeProvider, FakeRuntimeManager } from '../../../testing';
import type { IRuntimeWish } from '../../../tokens';
import { createKernelNameItem } from '../kernelName';

const trans = nullTranslator.load('');

function emptySession(): ISessionContext {
  const owner = {};
  return {
    session: null,
    path: 'a.ipynb',
    kernelDisplayName: 'No Kernel',
    sessionChanged: new Signal(owner),
    kernelChanged: new Signal(owner),
    statusChanged: new Signal(owner),
    connectionStatusChanged: new Signal(owner)
  } as unknown as ISessionContext;
}

describe('the kernel name in a toolbar', () => {
  it('says where the notebook wants to run as soon as its file has been read', async () => {
    const browser = new FakeProvider({ id: 'browser', place: 'browser', label: 'Browser' });
    let wish: IRuntimeWish | null = null;
    const wishChanged = new Signal<object, void>({});
    const item = createKernelNameItem({
      sessionContext: emptySession(),
      choose: jest.fn(),
      resume: jest.fn(),
      extend: jest.fn(),
      manager: new FakeRuntimeManager(browser),
      trans,
      readWish: () => wish,
      wishChanged
    });
    Widget.attach(item, document.body);
    MessageLoop.flush();
    try {
      await eventually(() => expect(item.node.textContent).toContain('No Kernel'));
      wish = { place: 'browser', provider: 'browser', environment: 'python' };
      wishChanged.emit();
      await eventually(() => expect(item.node.textContent).toContain('Browser · not started'));
    } finally {
      item.dispose();
    }
  });
});
