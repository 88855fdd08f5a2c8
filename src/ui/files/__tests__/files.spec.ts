import { nullTranslator } from '@jupyterlab/translation';

import type { RuntimeState } from '@jupyterlab-runtimes/core';
import { RuntimeError } from '@jupyterlab-runtimes/core';

import { FakeProvider, fakeRuntime, FakeRuntimeManager } from '../../../testing';
import { RememberedFiles } from '../remembered';
import { whyNoFiles } from '../texts';

const trans = nullTranslator.load('');
const files = {
  key: 'fake/kernel-1',
  name: 'training',
  label: 'Remote: lab',
  drive: 'training-rnel-1',
  path: 'services/lab/runtimes/1/'
};

describe('the files of a runtime', () => {
  it.each<[RuntimeState, string]>([
    ['running', ''],
    ['pausing', ''],
    ['paused', '“analysis” is paused: resume it to see its files.'],
    ['resuming', '“analysis” is starting: its files are shown once it runs.'],
    ['failed', '“analysis” has ended: its files can’t be shown here.']
  ])('of one that is %s', (state, why) => {
    const provider = new FakeProvider();
    const manager = new FakeRuntimeManager(provider);
    manager.set({ runtimes: [fakeRuntime({ provider, state })] });
    expect(whyNoFiles(files, manager, trans)).toBe(why);
  });

  it('of one that is gone say so by the name it had', () => {
    const manager = new FakeRuntimeManager(new FakeProvider());
    expect(whyNoFiles(files, manager, trans)).toBe(
      '“training” is not there any more: its files can’t be shown here. What it left is on the disk of Remote: lab.'
    );
  });

  it('say what keeps its place from answering, or that it has not yet', () => {
    const provider = new FakeProvider();
    provider.setStatus('failed', new RuntimeError('UNREACHABLE', 'The service is away.'));
    expect(whyNoFiles(files, new FakeRuntimeManager(provider), trans)).toBe('The service is away.');
    expect(whyNoFiles(files, new FakeRuntimeManager(), trans)).toBe(
      'Remote: lab has not answered yet.'
    );
  });
});

describe('RememberedFiles', () => {
  function storage(kept: Record<string, string> = {}) {
    return {
      kept,
      getItem: (key: string) => kept[key] ?? null,
      setItem: (key: string, value: string) => {
        kept[key] = value;
      }
    };
  }

  it('finds after a reload what was noted, of this server alone, each once', () => {
    const browser = storage();
    const before = new RememberedFiles(browser, 'http://a/');
    before.note(files);
    before.note({ ...files, name: 'other' });
    const after = new RememberedFiles(browser, 'http://a/');
    expect(after.list()).toEqual([{ ...files, name: 'other' }]);
    expect(new RememberedFiles(browser, 'http://b/').list()).toEqual([]);
  });

  it('keeps the latest twenty', () => {
    const remembered = new RememberedFiles(storage(), '/');
    for (let index = 0; index < 25; index += 1) {
      remembered.note({ ...files, key: `fake/${index}` });
    }
    expect(remembered.list().map(({ key }) => key)).toHaveLength(20);
    expect(remembered.find('fake/24')).toBeDefined();
    expect(remembered.find('fake/4')).toBeUndefined();
  });

  it.each(['{', '{}', '[1, null, {"key": "a"}]'])('takes %s for nothing', text => {
    const browser = storage({ 'jupyterlab-runtimes:files@/': text });
    expect(new RememberedFiles(browser, '/').list()).toEqual([]);
  });

  it('does without a browser that keeps nothing', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      }
    };
    expect(() => new RememberedFiles(full, '/').note(files)).not.toThrow();
  });
});
