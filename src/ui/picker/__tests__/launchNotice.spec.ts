import { nullTranslator } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';

import { fakeChoice, FakeProvider, fakeRuntime, FakeRuntimeManager } from '../../../testing';
import type { INotices } from '../../status/notices';
import { LaunchNotice } from '../launchNotice';

const trans = nullTranslator.load('');
const provider = new FakeProvider({ id: 'remote.gpu', label: 'Remote: gpu' });

function setup() {
  const manager = new FakeRuntimeManager(provider);
  const told: string[] = [];
  const notices: INotices = {
    progress: message => (told.push(message), 'id'),
    update: (_, { message, type }) => told.push(`${type}: ${message}`),
    dismiss: () => told.push('dismissed'),
    info: () => undefined,
    warn: (_, message) => (told.push(`warning: ${message}`), 'id'),
    error: (title, reason) => told.push(`error: ${title} ${reason}`)
  };
  let elapse = () => {};
  const notice = new LaunchNotice({
    manager,
    choice: fakeChoice(provider, 'python', { title: 'Python 3' }),
    notices,
    trans,
    delay: action => {
      elapse = action;
      return new DisposableDelegate(() => (elapse = () => {}));
    }
  });
  return { manager, told, notice, elapse: () => elapse() };
}

function stage(percent: number, stateReason: string) {
  return fakeRuntime({
    provider,
    kernelId: null,
    kernelName: 'remote.gpu:python',
    name: 'analysis',
    state: 'starting',
    progressPercent: percent,
    stateReason
  });
}

describe('LaunchNotice', () => {
  it('says nothing about a start that is quick', () => {
    const { told, notice } = setup();
    notice.succeed();
    expect(told).toEqual([]);
  });

  it('shows the stages of a slow one with the runtime’s name, then that it is ready', () => {
    const { manager, told, notice, elapse } = setup();
    elapse();
    manager.set({ runtimes: [stage(40, 'The server starts.')] });
    manager.set({ runtimes: [stage(40, 'The server starts.')] });
    manager.set({ runtimes: [stage(80, 'Waiting for the kernel.')] });
    notice.succeed();
    expect(told).toEqual([
      'Starting “Python 3” on Remote: gpu…',
      'in-progress: Starting “analysis” on Remote: gpu… The server starts. (40 %)',
      'in-progress: Starting “analysis” on Remote: gpu… Waiting for the kernel. (80 %)',
      'success: “analysis” is ready.'
    ]);
  });

  it('does not take another runtime of that kind for the one it follows', () => {
    const manager = new FakeRuntimeManager(provider);
    manager.set({ runtimes: [stage(10, 'Somebody else’s.')] });
    const progress = jest.fn(() => 'id');
    new LaunchNotice({
      manager,
      choice: fakeChoice(provider, 'python'),
      notices: { progress } as unknown as INotices,
      trans,
      delay: action => (action(), new DisposableDelegate(() => {}))
    });
    expect(progress).toHaveBeenCalledWith('Starting “python” on Remote: gpu…', undefined, null);
  });

  it('replaces the progress by the failure', () => {
    const { told, notice, elapse } = setup();
    elapse();
    notice.fail(new Error('The disk is full: free some space.'), false);
    expect(told.slice(1)).toEqual([
      'dismissed',
      'error: “Python 3” could not be started. The disk is full: free some space.'
    ]);
  });
});
