import type { IDisposable } from '@lumino/disposable';

import type { IRuntimeProvider, IRuntimeProviders } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';

/** One manager for each provider, made and disposed as providers come and go.
 *  The local server's is there from the start, and stays. */
export class PerProvider<T extends IDisposable> implements IDisposable {
  /** @param _onRemoved Called after a provider's manager was disposed. */
  constructor(
    private readonly _providers: IRuntimeProviders,
    local: IRuntimeProvider,
    private readonly _create: (provider: IRuntimeProvider) => T,
    private readonly _onRemoved: () => void
  ) {
    this.local = _create(local);
    this._managers.set(LOCAL_PROVIDER_ID, this.local);
    _providers.changed.connect(this.sync, this);
  }

  readonly local: T;

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  has(providerId: string): boolean {
    return this._managers.has(providerId);
  }

  get(providerId: string): T | undefined {
    return this._managers.get(providerId);
  }

  all(): IterableIterator<T> {
    return this._managers.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this._managers.entries();
  }

  /** Those of the other places, by provider. */
  others(): [string, T][] {
    return [...this._managers].filter(([id]) => id !== LOCAL_PROVIDER_ID);
  }

  /** Follow the registry: to be called once by who made this, then by itself. */
  sync(): void {
    const providers = this._providers.list();
    for (const provider of providers) {
      if (!this._managers.has(provider.id)) {
        this._managers.set(provider.id, this._create(provider));
      }
    }
    for (const [id, manager] of this.others()) {
      if (!providers.some(provider => provider.id === id)) {
        this._managers.delete(id);
        manager.dispose();
        this._onRemoved();
      }
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._providers.changed.disconnect(this.sync, this);
    this._managers.forEach(manager => manager.dispose());
  }

  private readonly _managers = new Map<string, T>();
  private _isDisposed = false;
}
