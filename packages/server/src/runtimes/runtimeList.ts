/** The runtimes that there are, and their records. */
import { RuntimeError, type IRuntimeResource } from '@jupyterlab-runtimes/core';

import type { IMark, Once } from './mark.js';
import type { ILog, IRuntimeRecord, IRuntimeStore } from './ports.js';
import { Runtime } from './runtime.js';

/** Told of every change. */
export interface IRuntimesListener {
  changed(resource: IRuntimeResource): void;
  removed(id: string, owner: string): void;
}

export class RuntimeList {
  constructor(
    private readonly _store: IRuntimeStore,
    private readonly _log: ILog
  ) {}

  /** What an earlier service wrote. */
  records(): IRuntimeRecord[] {
    return this._store.list();
  }

  listen(listener: IRuntimesListener): void {
    this._listeners.push(listener);
  }

  /** Oldest first. */
  all(): Runtime[] {
    return [...this._runtimes.values()];
  }

  get(id: string): Runtime | undefined {
    return this._runtimes.get(id);
  }

  /** An owner's, by id. */
  of(owner: string): readonly Runtime[] {
    let found = this._byOwner.get(owner);
    if (!found) {
      found = this.all()
        .filter(({ resource }) => resource.owner === owner)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      this._byOwner.set(owner, found);
    }
    return found;
  }

  /** @throws RuntimeError NOT_FOUND also for what belongs to somebody else */
  find(owner: string, id: string): Runtime {
    const runtime = this._runtimes.get(id);
    if (runtime?.resource.owner !== owner) {
      throw new RuntimeError(
        'NOT_FOUND',
        `There is no runtime ${id} on this service (any more): refresh the list.`
      );
    }
    return runtime;
  }

  add(record: IRuntimeRecord): Runtime {
    const runtime = new Runtime(record, (changed, isShown, once) =>
      this.write(changed, isShown, once)
    );
    this._runtimes.set(runtime.id, runtime);
    this._byOwner.clear();
    return runtime;
  }

  /** What was done for the request with this key. */
  marked(key: string): IMark | undefined {
    return (
      [...this._unwritten.values()].flat().find(mark => mark.key === key) ?? this._store.marked(key)
    );
  }

  /** Write the record, and tell.
   *  @param isShown Something changed that others see.
   *  @param once The request that made it so. */
  write(runtime: Runtime, isShown = true, once?: Once): void {
    if (this._isClosed) {
      return;
    }
    const { id } = runtime;
    const marks = [
      ...(this._unwritten.get(id) ?? []),
      ...(once ? [{ ...once, runtimeId: id }] : [])
    ];
    try {
      this._store.put(runtime.record, marks);
      this._unwritten.delete(id);
    } catch (error) {
      this._unwritten.set(id, marks);
      // A full disk must not end what runs: it is known to this process, and written with the next change.
      this._log.error({ err: error, runtime: id }, "A runtime's record could not be written.");
    }
    if (isShown) {
      this._listeners.forEach(listener => listener.changed(runtime.resource));
    }
  }

  forget(id: string): void {
    if (this._isClosed) {
      return;
    }
    const owner = this._runtimes.get(id)?.resource.owner;
    this._runtimes.delete(id);
    this._byOwner.clear();
    this._unwritten.delete(id);
    this._store.remove(id);
    if (owner !== undefined) {
      this._listeners.forEach(listener => listener.removed(id, owner));
    }
  }

  /** What happens from now on is the next service's business. */
  close(): void {
    this._isClosed = true;
  }

  get isClosed(): boolean {
    return this._isClosed;
  }

  private readonly _runtimes = new Map<string, Runtime>();
  /** What `of` has found, until one comes or goes. */
  private readonly _byOwner = new Map<string, readonly Runtime[]>();
  /** Marks that the disk did not take, by runtime. */
  private readonly _unwritten = new Map<string, readonly IMark[]>();
  private readonly _listeners: IRuntimesListener[] = [];
  private _isClosed = false;
}
