import {
  BadProvider,
  fakeChoice,
  FakeProvider,
  fakeRuntime,
  FakeRuntimeManager
} from '../../../testing';
import { PickerModel } from '../model';
import { flatten } from '../options';

const browser = new FakeProvider({ id: 'browser', place: 'browser', label: 'Browser', rank: 10 });
const analysis = fakeRuntime({ provider: browser, kernelId: 'k1', name: 'analysis' });
const training = fakeRuntime({ provider: browser, kernelId: 'k2', name: 'training' });

function setup(...more: FakeProvider[]) {
  const manager = new FakeRuntimeManager(browser, ...more);
  manager.set({ runtimes: [analysis, training], choices: [fakeChoice(browser, 'python')] });
  const model = new PickerModel({
    manager,
    recents: [],
    wish: null,
    sessionContext: { session: null, kernelPreference: {} }
  });
  return { manager, model };
}

describe('PickerModel', () => {
  it('walks all options by the keys, and stops at the ends', () => {
    const { model } = setup();
    model.move('first');
    model.move('previous');
    expect(model.activeKey).toBe('runtime/browser/k1');
    model.move('next');
    expect(model.activeKey).toBe('runtime/browser/k2');
    model.move('pageDown');
    model.move('next');
    expect(model.activeKey).toBe('none');
  });

  it('leaves the active option alone while the list lives', () => {
    const { manager, model } = setup();
    model.activate('runtime/browser/k2');
    const late = fakeRuntime({ provider: browser, kernelId: 'k0', name: 'late' });
    manager.set({ runtimes: [late, training] });
    expect(model.activeKey).toBe('runtime/browser/k2');
    expect(
      flatten(model.groups)
        .map(({ key }) => key)
        .slice(0, 3)
    ).toEqual(['runtime/browser/k1', 'runtime/browser/k2', 'runtime/browser/k0']);
  });

  it('activates the first match of a query', () => {
    const { model } = setup();
    model.query = 'train';
    expect(model.active).toMatchObject({ kind: 'runtime', runtime: { name: 'training' } });
    model.query = 'nothing like it';
    expect(model.active).toBeNull();
  });

  it('shows why a place failed, and asks it again', async () => {
    const bad = new BadProvider({ id: 'remote.gpu', label: 'Remote: gpu' });
    await expect(bad.refresh()).rejects.toThrow();
    const { model } = setup(bad);
    model.query = 'gpu';
    expect(model.active).toMatchObject({ kind: 'place', provider: bad });
    bad.isMended = true;
    await model.retry(bad);
    expect(bad.status).toBe('connected');
    expect(flatten(model.groups)).toEqual([]);
  });

  it('survives a place that fails again', async () => {
    const bad = new BadProvider({ id: 'remote.gpu', label: 'Remote: gpu' });
    const { model } = setup(bad);
    await model.retry(bad);
    expect(model.isRetrying(bad)).toBe(false);
    expect(bad.lastError?.code).toBe('UNREACHABLE');
  });

  it('says nothing any more once it is disposed', () => {
    const { manager, model } = setup();
    const heard = jest.fn();
    model.changed.connect(heard);
    model.dispose();
    model.dispose();
    manager.set({ runtimes: [] });
    expect(heard).not.toHaveBeenCalled();
  });
});
