import { ReloadNotes } from '../reload';

class MemoryStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

describe('ReloadNotes', () => {
  it('tells the next page once what ran in this one', () => {
    const storage = new MemoryStorage();
    new ReloadNotes(storage).keep([{ path: 'a.ipynb', name: 'a' }]);
    const next = new ReloadNotes(storage);
    expect(next.take()).toEqual([{ path: 'a.ipynb', name: 'a' }]);
    expect(next.take()).toEqual([]);
    expect(new ReloadNotes(storage).take()).toEqual([]);
  });

  it('ignores what is not its own', () => {
    for (const text of ['{', '7', '[1, {"path": 2}, null]']) {
      const storage = new MemoryStorage();
      storage.setItem('jupyterlab-runtimes:browser-kernels', text);
      expect(new ReloadNotes(storage).take()).toEqual([]);
    }
  });
});
