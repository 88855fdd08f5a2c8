import { RecentChoices } from '../recents';

function store(initial: unknown) {
  let kept = initial;
  return {
    fetch: async () => kept,
    save: async (_: string, value: unknown) => {
      kept = value;
    },
    read: () => kept
  };
}

describe('RecentChoices', () => {
  it('keeps the latest first, each once, and not too many', async () => {
    const kept = store(['a', 'b', 'c', 'd', 'e', 'f']);
    const recents = new RecentChoices(kept);
    await recents.load();
    await recents.add('c');
    await recents.add('new');
    expect(recents.names).toEqual(['new', 'c', 'a', 'b', 'd', 'e']);
    expect(kept.read()).toEqual(recents.names);
  });

  it('does not lose a choice that was made before the store was read', async () => {
    const recents = new RecentChoices(store(['old']));
    await recents.add('new');
    await recents.load();
    expect(recents.names[0]).toBe('new');
  });

  it('takes what is not a list of names for nothing', async () => {
    const recents = new RecentChoices(store({ not: 'ours' }));
    await recents.load();
    expect(recents.names).toEqual([]);
  });
});
