/** The snapshots of all shelves, as the panel shows them. */
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IRuntimeManager,
  IRuntimeProvider,
  ISnapshotEntry,
  ISnapshotShelf
} from '../../tokens';

/** A shelf with its name; `provider` is null for the page's own. */
export interface INamedShelf {
  readonly id: string;
  readonly label: string;
  readonly shelf: ISnapshotShelf;
  readonly provider: IRuntimeProvider | null;
}

export interface IShelfContent extends INamedShelf {
  /** Those that a person wanted, then those that came by themselves; of each the latest first. What was listed last, where
   *  listing failed. */
  readonly entries: readonly ISnapshotEntry[];
  /** Null while it has not failed. */
  readonly error: unknown;
}

export interface ISnapshotsModelOptions {
  readonly manager: IRuntimeManager;
  /** Null where the browser has no storage for it, and before it is known whose it is. */
  readonly page: () => ISnapshotShelf | null;
  readonly pageLabel: string;
}

export class SnapshotsModel implements IDisposable {
  constructor(private readonly _options: ISnapshotsModelOptions) {
    this._options.manager.providers.changed.connect(this._onProviders, this);
    this._options.manager.changed.connect(this._onRuntimes, this);
  }

  get shelves(): readonly INamedShelf[] {
    const { manager, pageLabel } = this._options;
    const page = this._options.page();
    return [
      ...(page === null ? [] : [{ id: 'page', label: pageLabel, shelf: page, provider: null }]),
      ...manager.providers
        .list()
        .flatMap(provider =>
          provider.shelf === undefined || provider.status !== 'connected'
            ? []
            : [{ id: provider.id, label: provider.label, shelf: provider.shelf, provider }]
        )
    ];
  }

  get contents(): readonly IShelfContent[] {
    return this.shelves.map(shelf => ({
      ...shelf,
      entries: this._entries.get(shelf.id) ?? [],
      error: this._errors.get(shelf.id) ?? null
    }));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.disconnectReceiver(this);
      Signal.clearData(this);
    }
  }

  /** Somebody looks: list all shelves. Failures are kept, and shown. */
  async refresh(): Promise<void> {
    this._wasShown = true;
    await Promise.all(
      this.shelves.map(async ({ id, shelf }) => {
        try {
          this._entries.set(id, wantedFirst(await shelf.list()));
          this._errors.delete(id);
        } catch (error) {
          this._errors.set(id, error);
        }
      })
    );
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _onProviders(): void {
    if (this._wasShown) {
      void this.refresh();
    }
  }

  /** A place that has come, or a runtime that was paused, may have snapshots more. */
  private _onRuntimes(): void {
    const { manager } = this._options;
    const key = [
      ...this.shelves.map(({ id }) => id),
      ...manager.runtimes.map(({ life }) => life?.snapshotId ?? '')
    ].join(' ');
    if (this._wasShown && key !== this._key) {
      void this.refresh();
    }
    this._key = key;
  }

  private readonly _entries = new Map<string, readonly ISnapshotEntry[]>();
  private readonly _errors = new Map<string, unknown>();
  private _key = '';
  private _wasShown = false;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}

/** So that a row does not move away under the pointer when a safety copy comes in. */
function wantedFirst(entries: readonly ISnapshotEntry[]): readonly ISnapshotEntry[] {
  const byItself = (entry: ISnapshotEntry): boolean =>
    entry.kind === 'safety' || entry.kind === 'auto';
  return [...entries.filter(entry => !byItself(entry)), ...entries.filter(byItself)];
}
