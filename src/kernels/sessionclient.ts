import { PathExt } from '@jupyterlab/coreutils';
import type { Session } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeProvider, IRuntimeProviders } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';
import { qualifyKernel, unqualifyKernelOptions } from './qualified';
import { SessionBindings } from './bindings';
import { SessionLists } from './sessionlists';
import { timebox } from './timebox';
import { isUnassigned, toUnassigned, UNASSIGNED_TYPE } from './unassigned';

/** How long a place that answered last time may take to list its sessions, ms. */
const LIST_LIMIT_MS = 2000;

type SessionChange = Parameters<Session.ISessionAPIClient['update']>[0];

/** Lab's session options, which say less than what Lab sends: a kernel may be
 *  chosen by id. */
type ISessionStart = Session.ISessionOptions & { kernel?: { id?: string; name?: string } };

/**
 * The sessions of all places as one session client, for ONE stock
 * `SessionManager`: so a session keeps its id from place to place.
 *
 * A place that fails or is slow is answered for with its last known sessions
 * (an empty list would make Lab dispose them); only the local server's failure
 * rejects.
 */
export class CompositeSessionClient implements Session.ISessionAPIClient {
  constructor(
    private readonly _providers: IRuntimeProviders,
    private readonly _ownerOf: (kernel: { id?: string; name?: string }) => IRuntimeProvider
  ) {}

  get serverSettings() {
    return this._provider(LOCAL_PROVIDER_ID).serverSettings;
  }

  /** The names of the documents that kernels were last used for, by kernel id. */
  get unassignedNames(): ReadonlyMap<string, string> {
    return this._unassignedNames;
  }

  /** Whether a local kernel runs on when its document changes to another local one: Jupyter's
   *  own way is to end it. Set by who knows. */
  keepsLeft: (kernelId: string) => Promise<boolean> = async () => false;

  /** Emitted with the provider's id after a place's sessions were listed late. */
  get listedLate(): ISignal<this, string> {
    return this._listedLate;
  }

  async listRunning(): Promise<Session.IModel[]> {
    const providers = this._providers.list();
    await Promise.all(
      providers.map(provider =>
        provider.id === LOCAL_PROVIDER_ID ? this._fetch(provider) : this._fetchPatiently(provider)
      )
    );
    // All at once, and after all waiting: a session that moved meanwhile is
    // seen where it is now, and only there.
    const shown = providers.flatMap(provider =>
      this._lists
        .get(provider.id)
        .filter(model => this._isShown(provider, model))
        .map(model => this._present(provider, model))
    );
    const ids = new Set(shown.map(({ id }) => id));
    return [...shown, ...[...this._held.values()].filter(({ id }) => !ids.has(id))];
  }

  async getModel(id: string): Promise<Session.IModel> {
    const { provider, sessionId } = this._resolve(id);
    return this._present(provider, await provider.sessionClient.getModel(sessionId));
  }

  async startNew(options: Session.ISessionOptions): Promise<Session.IModel> {
    const provider = this._ownerOf(options.kernel ?? {});
    const model = await this._assign(provider, options);
    this._lists.put(provider.id, model);
    return this._present(provider, model);
  }

  async shutdown(id: string): Promise<void> {
    const { provider, sessionId } = this._resolve(id);
    await provider.sessionClient.shutdown(sessionId);
    this._bindings.forget(id);
    this._lists.remove(provider.id, sessionId);
  }

  async update(change: SessionChange): Promise<Session.IModel> {
    const { provider, sessionId } = this._resolve(change.id);
    const kernel = change.kernel ?? undefined;
    if (kernel) {
      const target = this._ownerOf({ id: kernel.id, name: kernel.name });
      if (target.id !== provider.id) {
        return this._move(change, provider, sessionId, target);
      }
      const left = (await this._lastKnown(provider, sessionId)).kernel?.id;
      const isAnother = left !== undefined && left !== kernel.id;
      const isLocal = provider.id === LOCAL_PROVIDER_ID;
      if (isAnother && (!isLocal || (await this.keepsLeft(left)))) {
        return this._moveWithin(change, provider, sessionId);
      }
    }
    const model = await provider.sessionClient.update({ ...change, id: sessionId });
    this._lists.put(provider.id, model);
    return this._present(provider, model);
  }

  /** Give a session a kernel of another place: the new one first, then the old kernel is
   *  left running, unassigned. */
  private async _move(
    change: SessionChange,
    source: IRuntimeProvider,
    sourceSessionId: string,
    target: IRuntimeProvider
  ): Promise<Session.IModel> {
    const before = await this._lastKnown(source, sourceSessionId);
    const { id, kernel } = change;
    if (kernel?.id !== undefined && kernel.id === before.kernel?.id) {
      return this._present(source, before);
    }
    const path = change.path ?? before.path;
    const arriving = bindingKey(target.id, path);
    this._arriving.add(arriving);
    let started: Session.IModel;
    try {
      started = await this._assign(target, {
        path,
        name: change.name ?? before.name,
        type: change.type ?? before.type,
        kernel: { id: kernel?.id, name: kernel?.name }
      });
    } finally {
      this._arriving.delete(arriving);
    }
    this._bindings.bind(id, { providerId: target.id, sessionId: started.id });
    this._lists.put(target.id, started);
    if (before.kernel) {
      this._unassignedNames.set(before.kernel.id, before.name);
    }
    await this._leave(source, sourceSessionId, before.kernel?.id);
    return this._present(target, started);
  }

  /** Give a session another kernel of the same place, where a path has one session only, with the old one left running: the new
   *  one starts under a path of its own, and the two sessions change places. */
  private async _moveWithin(
    change: SessionChange,
    provider: IRuntimeProvider,
    sessionId: string
  ): Promise<Session.IModel> {
    const { sessionClient } = provider;
    const before = await this._lastKnown(provider, sessionId);
    const { path, name, type } = { ...before, ...definedOf(change) };
    // In the document's folder, which becomes the kernel's.
    const aside = PathExt.join(PathExt.dirname(path), `.${UNASSIGNED_TYPE}-${sessionId}`);
    const started = await this._assign(provider, {
      ...{ path: aside, name, type: UNASSIGNED_TYPE },
      kernel: { id: change.kernel?.id, name: change.kernel?.name }
    });
    this._held.set(change.id, this._present(provider, before));
    try {
      this._lists.put(provider.id, await sessionClient.update(toUnassigned(sessionId)));
      const model = await sessionClient.update({ id: started.id, path, name, type });
      this._bindings.bind(change.id, { providerId: provider.id, sessionId: started.id });
      this._lists.put(provider.id, model);
      if (before.kernel) {
        this._unassignedNames.set(before.kernel.id, before.name);
      }
      return this._present(provider, model);
    } catch (error) {
      await sessionClient.update({ id: sessionId, path, name, type }).catch(() => undefined);
      throw error;
    } finally {
      this._held.delete(change.id);
    }
  }

  /** Take a session out of its document's way. Until the place has confirmed,
   *  it is hidden, and asked again whenever it is listed. */
  private async _leave(
    provider: IRuntimeProvider,
    sessionId: string,
    kernelId: string | undefined
  ): Promise<void> {
    if (!kernelId) {
      await provider.sessionClient.shutdown(sessionId).catch(() => undefined);
      return;
    }
    const key = bindingKey(provider.id, sessionId);
    this._leaving.set(key, kernelId);
    try {
      this._lists.put(provider.id, await provider.sessionClient.update(toUnassigned(sessionId)));
      this._leaving.delete(key);
    } catch {
      // The place carries the error in its status; the session stays hidden, and
      // is asked to go whenever it is listed.
    }
  }

  /** Start a session, or take up the one that keeps the chosen kernel alive, or
   *  that the same document has with it already (of an earlier page).
   *  @returns The place's own model of it. */
  private async _assign(
    provider: IRuntimeProvider,
    options: ISessionStart
  ): Promise<Session.IModel> {
    const { path, name, type, kernel } = options;
    const kept = this._lists
      .get(provider.id)
      .find(
        model =>
          kernel?.id !== undefined &&
          model.kernel?.id === kernel.id &&
          (isUnassigned(model) || isSameDocument(model, options))
      );
    const model = kept
      ? await provider.sessionClient.update({ id: kept.id, path, name, type })
      : await provider.sessionClient.startNew({
          ...options,
          kernel: kernel && unqualifyKernelOptions(provider, kernel)
        });
    this._leaving.delete(bindingKey(provider.id, model.id));
    return model;
  }

  /** Ask a place, but don't let it hold the others up: what it listed last counts
   *  until it answers, and a late answer is announced. */
  private async _fetchPatiently(provider: IRuntimeProvider): Promise<void> {
    const asked = this._fetch(provider);
    try {
      if (provider.status === 'connected') {
        await timebox(asked, LIST_LIMIT_MS, provider.label);
        return;
      }
    } catch {
      // The provider carries the error in its status, where the user sees it.
    }
    asked.then(
      () => this._listedLate.emit(provider.id),
      () => undefined
    );
  }

  private async _fetch(provider: IRuntimeProvider): Promise<void> {
    const began = this._lists.begin();
    this._lists.set(provider.id, await provider.sessionClient.listRunning(), began);
    for (const model of this._lists.get(provider.id)) {
      const kernelId = this._leaving.get(bindingKey(provider.id, model.id));
      const isLeft = isUnassigned(model) || kernelId !== undefined;
      if (kernelId && !isUnassigned(model)) {
        void this._leave(provider, model.id, kernelId);
      }
      if (isLeft && model.kernel) {
        this._unassignedNames.set(model.kernel.id, model.name);
      } else if (model.kernel) {
        this._unassignedNames.delete(model.kernel.id);
      }
    }
  }

  private async _lastKnown(provider: IRuntimeProvider, sessionId: string): Promise<Session.IModel> {
    const known = this._lists.get(provider.id).find(model => model.id === sessionId);
    return known ?? provider.sessionClient.getModel(sessionId);
  }

  /** A place's session as Lab sees it: its id as it first was, its kernel qualified. */
  private _present(provider: IRuntimeProvider, model: Session.IModel): Session.IModel {
    const id = this._bindings.idOf({ providerId: provider.id, sessionId: model.id }) ?? model.id;
    const kernel = model.kernel && qualifyKernel(provider, model.kernel);
    this._places.set(id, provider.id);
    return { ...model, id, kernel };
  }

  /** Not shown: what keeps an unassigned kernel, what is being left, and what
   *  arrives under an id that is not its own yet. */
  private _isShown(provider: IRuntimeProvider, model: Session.IModel): boolean {
    const binding = { providerId: provider.id, sessionId: model.id };
    const isArriving =
      this._arriving.has(bindingKey(provider.id, model.path)) &&
      this._bindings.idOf(binding) === undefined;
    return (
      !isUnassigned(model) && !isArriving && !this._leaving.has(bindingKey(provider.id, model.id))
    );
  }

  private _resolve(id: string): { provider: IRuntimeProvider; sessionId: string } {
    const bound = this._bindings.get(id);
    if (bound) {
      return { provider: this._provider(bound.providerId), sessionId: bound.sessionId };
    }
    return { provider: this._provider(this._places.get(id) ?? LOCAL_PROVIDER_ID), sessionId: id };
  }

  private _provider(id: string): IRuntimeProvider {
    const provider = this._providers.get(id);
    if (!provider) {
      throw new Error(`The place '${id}' is not there any more.`);
    }
    return provider;
  }

  private readonly _bindings = new SessionBindings();
  /** The place in which each session, by the id that Lab knows, was last seen. */
  private readonly _places = new Map<string, string>();
  private readonly _lists = new SessionLists();
  /** Places and paths to which a session is moving. */
  private readonly _arriving = new Set<string>();
  /** Sessions that were left and not yet set aside, and their kernels. */
  private readonly _leaving = new Map<string, string>();
  /** Sessions that are between two kernels of one server, as Lab knows them. */
  private readonly _held = new Map<string, Session.IModel>();
  private readonly _unassignedNames = new Map<string, string>();
  private readonly _listedLate = new Signal<this, string>(this);
}

/** What a change says of the document. */
function definedOf({ path, name, type }: SessionChange): Partial<Session.IModel> {
  return {
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type })
  };
}

/** Lab starts a document's session under a provisional path in the document's
 *  folder, with the document's name. */
function isSameDocument(model: Session.IModel, options: ISessionStart): boolean {
  return (
    model.name !== '' &&
    model.name === options.name &&
    model.type === options.type &&
    PathExt.dirname(model.path) === PathExt.dirname(options.path)
  );
}

function bindingKey(providerId: string, sessionId: string): string {
  return `${providerId}/${sessionId}`;
}
