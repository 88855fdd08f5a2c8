import { nullTranslator } from '@jupyterlab/translation';

import {
  fakeChoice,
  fakeLife,
  FakeProvider,
  fakeRuntime,
  FakeRuntimeManager
} from '../../../testing';
import { describeKernel } from '../describe';

const trans = nullTranslator.load('');
const browser = new FakeProvider({ id: 'browser', place: 'browser', label: 'Browser' });
const WISH = { place: 'browser', provider: 'browser', environment: 'python' } as const;

function label(options: { kernelId?: string; wish?: typeof WISH; reconnecting?: boolean } = {}) {
  const manager = new FakeRuntimeManager(browser);
  const connection = options.reconnecting ? 'reconnecting' : 'connected';
  manager.set({
    runtimes: [
      fakeRuntime({ provider: browser, kernelId: 'k1', connection, kernelStatus: 'busy' })
    ],
    choices: [fakeChoice(browser, 'python', { title: 'Python (Pyodide)' })]
  });
  const { kernelId = null, wish = null } = options;
  const runtime = kernelId === null ? undefined : manager.findByKernelId(kernelId);
  return describeKernel(
    { manager, kernelId, runtime, wish, fallback: 'No Kernel', now: Date.now() },
    trans
  );
}

describe('describeKernel', () => {
  it('names place and environment, and the state for those who can’t see it', () => {
    expect(label({ kernelId: 'k1' })).toMatchObject({
      label: 'Browser · Python 3',
      caption: 'Browser · Python 3, busy. Choose where this runs',
      place: 'browser'
    });
  });

  it('says that output is waited for', () => {
    expect(label({ kernelId: 'k1', reconnecting: true })).toMatchObject({
      label: 'Browser · Python 3 · reconnecting',
      isReconnecting: true
    });
  });

  it('says that the notebook’s wish has not been started', () => {
    expect(label({ wish: WISH }).label).toBe('Browser · not started');
  });

  it('falls back to Lab’s words for a kernel that no place knows', () => {
    expect(label({ kernelId: 'unknown' })).toMatchObject({ label: 'No Kernel', place: null });
  });

  it('says of a paused runtime that it is, and from when its state is', () => {
    const manager = new FakeRuntimeManager(browser);
    const life = fakeLife({ stateAsOf: new Date().toISOString() });
    const runtime = fakeRuntime({ provider: browser, kernelId: null, state: 'paused', life });
    const { label, caption } = describeKernel(
      { manager, kernelId: null, runtime, wish: null, fallback: 'No Kernel', now: Date.now() },
      trans
    );
    expect(label).toBe('Browser · paused');
    expect(caption).toMatch(/^Browser · paused, Browser · Python 3, state of /);
  });
});
