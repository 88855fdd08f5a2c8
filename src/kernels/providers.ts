import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeProvider, IRuntimeProviders } from '../tokens';
import { isValidProviderId } from './names';

/** The registry of providers. A disposed provider takes itself out. */
export class RuntimeProviders implements IRuntimeProviders {
  add(provider: IRuntimeProvider): IDisposable {
    const { id } = provider;
    if (!isValidProviderId(id)) {
      throw new Error(
        `'${id}' can't name a runtime provider: use letters, digits, dots, dashes and underscores.`
      );
    }
    if (this._providers.has(id)) {
      throw new Error(`A runtime provider named '${id}' is registered already.`);
    }
    this._providers.set(id, provider);
    const remove = () => {
      if (this._providers.get(id) === provider) {
        this._providers.delete(id);
        this._changed.emit();
      }
    };
    provider.disposed.connect(remove);
    this._changed.emit();
    return new DisposableDelegate(remove);
  }

  get(id: string): IRuntimeProvider | undefined {
    return this._providers.get(id);
  }

  list(): readonly IRuntimeProvider[] {
    return [...this._providers.values()].sort(
      (a, b) => a.rank - b.rank || a.id.localeCompare(b.id)
    );
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private readonly _providers = new Map<string, IRuntimeProvider>();
  private readonly _changed = new Signal<this, void>(this);
}
