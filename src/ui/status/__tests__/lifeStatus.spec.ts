import type { ISessionContext } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import {
  eventually,
  fakeLife,
  FakeProvider,
  fakeRuntime,
  FakeRuntimeManager
} from '../../../testing';
import { LifeStatus } from '../lifeStatus';

const provider = new FakeProvider({ capabilities: { extend: true, resume: true } });
const session = { path: 'a.ipynb', session: { kernel: { id: 'kernel-1' } } };

function open() {
  const manager = new FakeRuntimeManager(provider);
  const executed: string[] = [];
  const currentChanged = new Signal<object, void>({});
  let current: typeof session | null = session;
  const status = new LifeStatus({
    manager,
    trans: nullTranslator.load(''),
    current: () => current as ISessionContext | null,
    currentChanged,
    execute: (id, key) => executed.push(`${id} ${key}`)
  });
  Widget.attach(status, document.body);
  MessageLoop.flush();
  const leave = () => {
    current = null;
    currentChanged.emit();
  };
  return { manager, status, executed, leave };
}

const button = () => document.querySelector<HTMLButtonElement>('.jp-RuntimesStatus');

function warned() {
  return fakeRuntime({
    provider,
    name: 'training',
    life: fakeLife({
      reservation: {
        minutes: 60,
        maxMinutes: 80,
        expiresAt: new Date(Date.now() + 90_000).toISOString(),
        remainingSeconds: null,
        onExpiry: 'pause',
        extendsItself: false
      },
      warning: {
        kind: 'expiry',
        at: new Date(Date.now() + 90_000).toISOString(),
        message: 'Its time is up in 2 minutes.'
      }
    })
  });
}

describe('LifeStatus', () => {
  let status: LifeStatus | undefined;

  afterEach(() => {
    status?.dispose();
  });

  it('says nothing of a runtime that has all the time it needs', () => {
    const opened = open();
    ({ status } = opened);
    opened.manager.set({ runtimes: [fakeRuntime({ provider })] });
    expect(status.isActive).toBe(false);
  });

  it('counts down where time is short, and extends with one click', async () => {
    const opened = open();
    ({ status } = opened);
    const heard = jest.fn();
    status.activeChanged.connect(heard);
    opened.manager.set({ runtimes: [warned()] });
    expect(heard).toHaveBeenCalledTimes(1);
    await eventually(() => expect(button()?.textContent).toBe('1 min left'));
    expect(button()?.title).toBe('“training”: Its time is up in 2 minutes. Extend by 20 min');
    button()?.click();
    expect(opened.executed).toEqual(['runtimes:extend fake/kernel-1']);
  });

  it('offers to resume what is paused', async () => {
    const opened = open();
    ({ status } = opened);
    opened.manager.set({ runtimes: [fakeRuntime({ provider, state: 'paused' })] });
    await eventually(() => expect(button()?.textContent).toBe('Resume'));
    button()?.click();
    expect(opened.executed).toEqual(['runtimes:resume fake/kernel-1']);
  });

  it('is about the document in front alone', () => {
    const opened = open();
    ({ status } = opened);
    opened.manager.set({ runtimes: [warned()] });
    expect(status.isActive).toBe(true);
    opened.leave();
    expect(status.isActive).toBe(false);
  });
});
