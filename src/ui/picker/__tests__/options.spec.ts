import { fakeChoice, FakeProvider, fakeRuntime } from '../../../testing';
import type { IPickerGroup, IPickerInput } from '../options';
import {
  buildGroups,
  filterGroups,
  flatten,
  initialKey,
  isChoosable,
  keepActive,
  keepOrder
} from '../options';

const browser = new FakeProvider({ id: 'browser', place: 'browser', label: 'Browser', rank: 10 });
const remote = new FakeProvider({ id: 'remote.gpu', label: 'Remote: gpu', rank: 30 });
const running = fakeRuntime({ provider: browser, kernelId: 'k1', name: 'analysis' });
const other = fakeRuntime({ provider: browser, kernelId: 'k2', name: 'training' });
const WISH = { place: 'remote', provider: 'remote.gpu', environment: 'python' } as const;

function input(overrides: Partial<IPickerInput> = {}): IPickerInput {
  return {
    providers: [browser, remote],
    runtimes: [running, other],
    choices: [fakeChoice(browser, 'python'), fakeChoice(remote, 'python')],
    recents: [],
    wish: null,
    currentKernelId: null,
    language: '',
    canStart: true,
    hasLaunchForm: false,
    ...overrides
  };
}

function keys(groups: readonly IPickerGroup[]): string[] {
  return flatten(groups).map(({ key }) => key);
}

describe('buildGroups', () => {
  it('groups by place: running now, recent, start new, and no kernel at the end', () => {
    const choices = ['python', 'r', 'julia'].map(name => fakeChoice(browser, name));
    const groups = buildGroups(input({ choices, recents: ['browser:r'] }));
    expect(groups.map(({ key }) => key)).toEqual([
      'browser/running',
      'browser/recent',
      'browser/start',
      '/none'
    ]);
    expect(keys(groups)).toEqual([
      'runtime/browser/k1',
      'runtime/browser/k2',
      'start/browser:r',
      'start/browser:python',
      'start/browser:julia',
      'none'
    ]);
  });

  it('puts the notebook’s wish first, and makes it the active option', () => {
    const groups = buildGroups(input({ wish: WISH, currentKernelId: 'k1' }));
    expect(groups[0]?.section).toBe('wish');
    expect(initialKey(groups)).toBe('wish');
  });

  it('does not offer a wish that has come true', () => {
    const current = fakeRuntime({ provider: remote, kernelId: 'k3' });
    const groups = buildGroups(input({ runtimes: [current], wish: WISH, currentKernelId: 'k3' }));
    expect(groups.some(({ section }) => section === 'wish')).toBe(false);
    expect(initialKey(groups)).toBe('runtime/remote.gpu/k3');
  });

  it('says of a wish that nobody offers that it can’t be had, and activates something else', () => {
    const groups = buildGroups(input({ wish: { ...WISH, environment: 'vanished' } }));
    const [wish] = flatten(groups);
    expect(wish?.kind).toBe('missing-wish');
    expect(wish && isChoosable(wish)).toBe(false);
    expect(initialKey(groups)).not.toBe('wish');
  });

  it('puts the document’s language first among what can be started', () => {
    const choices = [
      fakeChoice(browser, 'r', { language: 'R' }),
      fakeChoice(browser, 'python', { language: 'python' })
    ];
    expect(keys(buildGroups(input({ runtimes: [], choices, language: 'python' })))).toEqual([
      'start/browser:python',
      'start/browser:r',
      'none'
    ]);
  });

  it('offers no kernel alone to a document that can’t have one', () => {
    expect(keys(buildGroups(input({ canStart: false })))).toEqual(['none']);
  });

  it('leaves what has failed or ended to the sidebar', () => {
    const failed = fakeRuntime({ provider: browser, kernelId: 'k4', state: 'failed' });
    expect(keys(buildGroups(input({ runtimes: [failed], choices: [] })))).toEqual(['none']);
  });

  it('does not let a runtime that still starts be chosen', () => {
    const starting = fakeRuntime({ provider: browser, kernelId: null, state: 'starting' });
    const [option] = flatten(buildGroups(input({ runtimes: [starting] })));
    expect(option && isChoosable(option)).toBe(false);
  });
});

describe('keepOrder', () => {
  it('adds what is new at the end of its group, whatever its rank', () => {
    const before = buildGroups(input());
    const latest = fakeRuntime({ provider: browser, kernelId: 'k0', name: 'latest' });
    const after = keepOrder(before, buildGroups(input({ runtimes: [latest, other, running] })));
    expect(keys(after).slice(0, 3)).toEqual([
      'runtime/browser/k1',
      'runtime/browser/k2',
      'runtime/browser/k0'
    ]);
  });

  it('keeps what has ended in its place, and does not let it be chosen', () => {
    const before = buildGroups(input());
    const after = keepOrder(before, buildGroups(input({ runtimes: [other] })));
    expect(keys(after)).toEqual(keys(before));
    const [gone] = flatten(after);
    expect(gone && isChoosable(gone)).toBe(false);
  });

  it('keeps a group whose last option has ended', () => {
    const before = buildGroups(input());
    const after = keepOrder(before, buildGroups(input({ runtimes: [], choices: [] })));
    expect(keys(after)).toEqual(keys(before));
  });

  it('shows what comes back as before', () => {
    const before = buildGroups(input());
    const gone = keepOrder(before, buildGroups(input({ runtimes: [] })));
    const back = keepOrder(gone, buildGroups(input()));
    expect(back).toEqual(before);
  });
});

describe('filterGroups', () => {
  it('finds by every word, in name, place and documents, without case and accents', () => {
    const used = fakeRuntime({
      provider: browser,
      kernelId: 'k9',
      name: 'Café',
      assignments: [
        { sessionId: 's', path: 'work/sales.ipynb', name: 'sales.ipynb', type: 'notebook' }
      ]
    });
    const groups = buildGroups(input({ runtimes: [running, used] }));
    expect(keys(filterGroups(groups, 'cafe SALES browser'))).toEqual(['runtime/browser/k9']);
  });

  it('finds nothing where a word is missing', () => {
    expect(filterGroups(buildGroups(input()), 'analysis mars')).toEqual([]);
  });
});

describe('keepActive', () => {
  const options = flatten(buildGroups(input()));

  it('stays with the option while it is listed', () => {
    expect(keepActive('runtime/browser/k2', options, [...options].reverse())).toBe(
      'runtime/browser/k2'
    );
  });

  it('goes to what stands where the option stood', () => {
    expect(keepActive('runtime/browser/k1', options, options.slice(1))).toBe('runtime/browser/k2');
    expect(keepActive('none', options, options.slice(0, -1))).toBe(options.at(-2)?.key);
    expect(keepActive('none', options, [])).toBeNull();
  });
});
