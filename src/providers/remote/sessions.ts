import { URLExt } from '@jupyterlab/coreutils';
import type { Kernel, ServerConnection, Session } from '@jupyterlab/services';
import { SessionAPI } from '@jupyterlab/services';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';
import { ingressPath, RuntimeError } from '@jupyterlab-runtimes/core';
import { kernelModelOf } from './kernels';
import type { RemoteRuntimes } from './runtimes';
import { hasLiveKernel } from './runtimes';

interface IKernelChoice {
  readonly id?: string;
  readonly name?: string;
}

/** The sessions of a service: each lives on the Jupyter Server of its runtime,
 *  so that every client of that runtime sees it. */
export class RemoteSessionClient implements Session.ISessionAPIClient {
  constructor(
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _runtimes: RemoteRuntimes,
    private readonly _launch: (environment: string) => Promise<Kernel.IModel>
  ) {}

  async listRunning(): Promise<Session.IModel[]> {
    await this._runtimes.refresh();
    const running = this._runtimes.items.filter(hasLiveKernel);
    const lists = await Promise.all(running.map(runtime => this._listOf(runtime)));
    return lists.flat();
  }

  async getModel(id: string): Promise<Session.IModel> {
    const found = (await this.listRunning()).find(model => model.id === id);
    if (!found) {
      throw new RuntimeError('NOT_FOUND', 'The session has ended with its runtime.');
    }
    return found;
  }

  async startNew(options: Session.ISessionOptions): Promise<Session.IModel> {
    const { id, name } = (options.kernel ?? {}) as IKernelChoice;
    const kernelId = id ?? (await this._launch(name ?? '')).id;
    const runtime = await this._runtimes.ofKernel(kernelId);
    const model = await this._clientOf(runtime).startNew({
      ...options,
      kernel: { id: kernelId } as Session.ISessionOptions['kernel']
    });
    return this._adopt(runtime, model);
  }

  /** The session's document has no use for its runtime any more: end it. */
  async shutdown(id: string): Promise<void> {
    const runtime = await this._runtimeOf(id);
    await this._clientOf(runtime).shutdown(id);
    await this._runtimes.terminate(runtime.id);
  }

  async update(
    change: Parameters<Session.ISessionAPIClient['update']>[0]
  ): Promise<Session.IModel> {
    const runtime = await this._runtimeOf(change.id);
    return this._adopt(runtime, await this._clientOf(runtime).update(change));
  }

  private async _listOf(runtime: IRuntimeResource): Promise<Session.IModel[]> {
    const models = await this._clientOf(runtime).listRunning();
    return models
      .filter(({ kernel }) => kernel?.id === runtime.kernel?.id)
      .map(model => this._adopt(runtime, model));
  }

  /** A runtime's session as this provider's: with the environment as its kernel's name. */
  private _adopt(runtime: IRuntimeResource, model: Session.IModel): Session.IModel {
    this._owners.set(model.id, runtime.id);
    return { ...model, kernel: model.kernel && (kernelModelOf(runtime) ?? model.kernel) };
  }

  private async _runtimeOf(sessionId: string): Promise<IRuntimeResource> {
    const find = () => {
      const id = this._owners.get(sessionId);
      return this._runtimes.items.find(runtime => runtime.id === id);
    };
    const known = find();
    if (known) {
      return known;
    }
    await this.listRunning();
    const found = find();
    if (!found) {
      throw new RuntimeError('NOT_FOUND', 'The session has ended with its runtime.');
    }
    return found;
  }

  private _clientOf(runtime: IRuntimeResource): SessionAPI.SessionAPIClient {
    const baseUrl = URLExt.join(this.serverSettings.baseUrl, ingressPath(runtime.id));
    return new SessionAPI.SessionAPIClient({
      serverSettings: { ...this.serverSettings, baseUrl }
    });
  }

  /** The runtime of each session that was seen. */
  private readonly _owners = new Map<string, string>();
}
