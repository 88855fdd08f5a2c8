import type { ISessionContext } from '@jupyterlab/apputils';
import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import {
  eventually,
  fakeChoice,
  FakeProvider,
  fakeRuntime,
  FakeRuntimeManager
} from '../../../testing';
import type { INotices } from '../../status/notices';
import { pick } from '../pick';
import { RecentChoices } from '../recents';

const trans = nullTranslator.load('');

class LaunchingProvider extends FakeProvider {
  readonly launch = () => Promise.reject(new Error('asked through the manager'));
}

function setup(
  provider: FakeProvider = new LaunchingProvider({ id: 'gpu', label: 'Remote: gpu' })
) {
  const manager = new FakeRuntimeManager(provider);
  const mine = fakeRuntime({ provider, kernelId: 'mine', name: 'mine' });
  const other = fakeRuntime({ provider, kernelId: 'other', name: 'other' });
  manager.set({ runtimes: [mine, other], choices: [fakeChoice(provider, 'python')] });
  const told: string[] = [];
  const notices: INotices = {
    progress: message => (told.push(message), 'id'),
    update: (_, { message }) => told.push(message),
    dismiss: () => undefined,
    info: message => told.push(message),
    warn: (_, message) => (told.push(message), 'id'),
    error: (title, reason) => told.push(`${title} ${reason}`)
  };
  const changes: unknown[] = [];
  const session = {
    isDisposed: false,
    kernel: { id: 'mine' },
    changeKernel: async (model: unknown) => void changes.push(model)
  };
  const sessionContext = {
    isDisposed: false,
    disposed: new Signal<object, void>({}),
    session,
    name: 'a.ipynb',
    path: 'work/a.ipynb',
    kernelPreference: {},
    shutdown: async () => void changes.push('shutdown')
  } as unknown as ISessionContext;
  const recents = new RecentChoices(null);
  const picked = pick(sessionContext, null, { manager, recents, notices, trans });
  return { manager, told, changes, recents, picked };
}

/** Click the row once the picker shows it. */
async function choose(text: string): Promise<void> {
  const row = await eventually(() => {
    const rows = [...document.querySelectorAll<HTMLElement>('[role="option"]')];
    const found = rows.find(one => one.textContent?.includes(text));
    expect(found).toBeDefined();
    return found;
  });
  row?.click();
}

describe('pick', () => {
  afterEach(() => {
    Dialog.flush();
    document.body.replaceChildren();
  });

  it('gives the document an existing runtime', async () => {
    const { changes, picked } = setup();
    await choose('other');
    await picked;
    expect(changes).toEqual([{ id: 'other' }]);
  });

  it('does nothing when the current one is chosen', async () => {
    const { changes, picked } = setup();
    await choose('mine');
    await picked;
    expect(changes).toEqual([]);
  });

  it('starts the runtime before the document leaves the one it has', async () => {
    const { manager, changes, recents, picked } = setup();
    await choose('python');
    await picked;
    expect(manager.asked).toEqual(['launch gpu:python']);
    expect(changes).toEqual([{ id: 'kernel-of-gpu:python' }]);
    expect(recents.names).toEqual(['gpu:python']);
  });

  it('starts it with the session where the place has no launch of its own', async () => {
    const { manager, changes, picked } = setup(new FakeProvider({ id: 'local' }));
    await choose('python');
    await picked;
    expect(manager.asked).toEqual([]);
    expect(changes).toEqual([{ name: 'local:python' }]);
  });

  it('keeps the old kernel when the launch fails, and tells the place’s reason', async () => {
    const { manager, told, changes, picked } = setup();
    manager.failure = new RuntimeError('DISK_FULL', 'The disk of gpu is full: free some space.');
    await choose('python');
    await picked;
    expect(changes).toEqual([]);
    expect(told).toEqual([
      '“python” could not be started. The disk of gpu is full: free some space.'
    ]);
  });

  it('ends the kernel only when that was chosen', async () => {
    const { changes, picked } = setup();
    await choose('No kernel');
    await picked;
    expect(changes).toEqual(['shutdown']);
  });
});
