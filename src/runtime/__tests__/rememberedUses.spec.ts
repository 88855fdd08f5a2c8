import { FakeProvider, fakeRuntime } from '../../testing';
import { RememberedUses } from '../rememberedUses';
import { ResumeWatch } from '../resumeWatch';

const provider = new FakeProvider({ capabilities: { resume: true } });
const use = { sessionId: 's', path: 'work/a.ipynb', name: 'a.ipynb', type: 'notebook' };
const running = fakeRuntime({ provider, key: 'fake/r1', assignments: [use] });
const paused = fakeRuntime({ provider, key: 'fake/r1', kernelId: null, state: 'paused' });

describe('RememberedUses', () => {
  it('knows whom a paused runtime belongs to, over a reload of the page', async () => {
    const kept = new Map<string, unknown>();
    const store = {
      fetch: async (id: string) => kept.get(id),
      save: async (id: string, value: unknown) => kept.set(id, value)
    };
    const before = new RememberedUses(store);
    before.note([running]);
    before.note([paused]);
    expect(before.of('fake/r1')).toEqual([use]);

    const after = new RememberedUses(store);
    expect(after.of('fake/r1')).toEqual([]);
    await after.load();
    expect(after.of('fake/r1')).toEqual([use]);
  });

  it('forgets a document that is seen on another runtime', () => {
    const uses = new RememberedUses();
    uses.note([running]);
    uses.note([paused, fakeRuntime({ provider, key: 'fake/r2', assignments: [use] })]);
    expect(uses.of('fake/r1')).toEqual([]);
    expect(uses.of('fake/r2')).toEqual([use]);
  });

  it('takes nothing for granted of what was kept', async () => {
    const uses = new RememberedUses({
      fetch: async () => [['fake/r1', [use]], ['x'], 3, null, ['y', [null]]],
      save: async () => undefined
    });
    await uses.load();
    expect(uses.of('fake/r1')).toEqual([use]);
  });
});

describe('ResumeWatch', () => {
  it('tells once of what runs again, whoever resumed it', () => {
    const watch = new ResumeWatch();
    const again = fakeRuntime({ provider, key: 'fake/r1', kernelId: 'new' });
    const resumed = { key: 'fake/r1', kernelId: 'new', awaitedBy: [use] };
    expect(watch.look([running], () => [use])).toEqual([]);
    expect(watch.look([paused], () => [use])).toEqual([]);
    expect(watch.look([again], () => [use])).toEqual([resumed]);
    expect(watch.look([again], () => [use])).toEqual([]);
  });
});
