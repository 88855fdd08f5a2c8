/** Which kinds of runtimes were chosen lately, kept in Lab's state database. */
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

const STATE_KEY = 'jupyterlab-runtimes:recent-choices';
const LIMIT = 6;

/** What is needed of Lab's `IStateDB`. */
export interface IRecentsStore {
  fetch(id: string): Promise<unknown>;
  save(id: string, value: ReadonlyPartialJSONValue): Promise<unknown>;
}

export class RecentChoices {
  /** @param store Without one, choices are remembered until the page is reloaded. */
  constructor(private readonly store: IRecentsStore | null) {}

  /** Qualified kernelspec names, the latest first. */
  get names(): readonly string[] {
    return this._names;
  }

  /** Read what was kept; a value that is not ours counts as none. */
  async load(): Promise<void> {
    const value = await this.store?.fetch(STATE_KEY);
    if (Array.isArray(value)) {
      const kept = value.filter((name): name is string => typeof name === 'string');
      this._names = merge(this._names, kept);
    }
  }

  /** Remember that a runtime of this kind was started. */
  async add(kernelName: string): Promise<void> {
    this._names = merge([kernelName], this._names);
    await this.store?.save(STATE_KEY, [...this._names]);
  }

  private _names: readonly string[] = [];
}

function merge(latest: readonly string[], earlier: readonly string[]): readonly string[] {
  return [...new Set([...latest, ...earlier])].slice(0, LIMIT);
}
