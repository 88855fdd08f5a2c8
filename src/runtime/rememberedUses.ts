/**
 * Which documents use which runtime, remembered: a paused runtime has no session
 * that would say whom it belongs to, and the page may have been reloaded since.
 */
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeAssignment, IRuntimeModel } from '../tokens';

const STATE_KEY = 'jupyterlab-runtimes:uses';
/** Of what is kept, runtimes: the oldest go first. */
const LIMIT = 50;

/** Where they are kept. */
export interface IUsesStore {
  fetch(id: string): Promise<unknown>;
  save(id: string, value: ReadonlyPartialJSONValue): Promise<unknown>;
}

export class RememberedUses {
  /** @param _store Without one, uses are remembered until the page is reloaded. */
  constructor(private readonly _store: IUsesStore | null = null) {}

  /** Emitted when what was kept before the reload has been read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The documents that used the runtime last. */
  of(key: string): readonly IRuntimeAssignment[] {
    return this._uses.get(key) ?? [];
  }

  /** Read what was kept; a value that is not ours counts as none. */
  async load(): Promise<void> {
    // A browser that keeps nothing has nothing kept.
    const kept = await this._store?.fetch(STATE_KEY).catch(() => null);
    if (Array.isArray(kept)) {
      const seen = this._uses;
      this._uses = new Map([...kept.filter(isUse), ...seen]);
      this._changed.emit();
    }
  }

  /** Look at what runs: a document that is seen on a runtime waits for no other. */
  note(runtimes: readonly IRuntimeModel[]): void {
    const uses = new Map(this._uses);
    for (const { key, assignments, provider } of runtimes) {
      if (assignments.length === 0) {
        continue;
      }
      const paths = new Set(assignments.map(({ path }) => path));
      for (const [other, those] of uses) {
        uses.set(
          other,
          those.filter(({ path }) => !paths.has(path))
        );
      }
      if (provider.capabilities.resume) {
        uses.set(key, assignments);
      }
    }
    const kept = [...uses].filter(([, those]) => those.length > 0).slice(-LIMIT);
    const text = JSON.stringify(kept);
    if (text !== JSON.stringify([...this._uses])) {
      this._uses = new Map(kept);
      // What can't be kept is forgotten with the page, and nothing else.
      this._store
        ?.save(STATE_KEY, JSON.parse(text) as ReadonlyPartialJSONValue)
        .catch(() => undefined);
    }
  }

  private _uses: ReadonlyMap<string, readonly IRuntimeAssignment[]> = new Map();
  private readonly _changed = new Signal<this, void>(this);
}

function isUse(value: unknown): value is [string, IRuntimeAssignment[]] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    Array.isArray(value[1]) &&
    value[1].every(use => typeof (use as IRuntimeAssignment | null)?.path === 'string')
  );
}
