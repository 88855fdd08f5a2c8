/** Work on the same thing goes one after the other. */

export class InTurn {
  /** Run `work` when what was asked for before, under the same key, is over (however it ended). */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this._last.get(key) ?? Promise.resolve();
    const mine = before.then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined
    );
    this._last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this._last.get(key) === settled) {
        this._last.delete(key);
      }
    }
  }

  private readonly _last = new Map<string, Promise<void>>();
}
