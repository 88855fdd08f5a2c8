import type { Kernel } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import type { IRuntimeResource, RuntimesClient } from '@jupyterlab-runtimes/core';
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { ILaunchTerms } from '../../tokens';
import type { RemoteRuntimes } from './runtimes';
import { hasLiveKernel } from './runtimes';

/** The kernel of a running runtime as Jupyter models it; `name` is the environment's. */
export function kernelModelOf(runtime: IRuntimeResource): Kernel.IModel | undefined {
  const { kernel } = runtime;
  return (
    (kernel && {
      id: kernel.id,
      name: runtime.environment_name,
      execution_state: kernel.execution_state,
      last_activity: runtime.last_activity ?? runtime.started_at ?? runtime.created_at
    }) ??
    undefined
  );
}

/** The kernels of a service's runtimes: starting one launches a runtime,
 *  shutting one down terminates it. */
export class RemoteKernelClient implements Kernel.IKernelAPIClient {
  constructor(
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _client: RuntimesClient,
    private readonly _runtimes: RemoteRuntimes,
    private readonly _hasGivenUp: (kernelId: string) => boolean
  ) {}

  async listRunning(): Promise<Kernel.IModel[]> {
    await this._runtimes.refresh();
    return this._models();
  }

  /** A stock connection asks for this when its socket did not open: a service
   *  that is away is a network error to it, so that it goes on trying. */
  async getModel(id: string): Promise<Kernel.IModel | undefined> {
    if (!this._hasGivenUp(id)) {
      try {
        await this._runtimes.refresh();
      } catch (error) {
        throw error instanceof RuntimeError && error.retryable
          ? new ServerConnection.NetworkError(new TypeError(error.message))
          : error;
      }
    }
    return this._models().find(model => model.id === id);
  }

  async startNew(options: Kernel.IKernelOptions = {}): Promise<Kernel.IModel> {
    return this.launch(options.name ?? '');
  }

  /** @throws RuntimeError START_FAILED | UNREACHABLE (retryable) | ENVIRONMENT_NOT_FOUND | … */
  async launch(
    environment: string,
    options: { terms?: ILaunchTerms; signal?: AbortSignal } = {}
  ): Promise<Kernel.IModel> {
    return runningKernelOf(await this._runtimes.launch(environment, options));
  }

  /** @throws RuntimeError NOT_RUNNING | SNAPSHOT_CORRUPT | UNREACHABLE (retryable) | … */
  async resume(runtimeId: string, options: { signal?: AbortSignal } = {}): Promise<Kernel.IModel> {
    return runningKernelOf(await this._runtimes.resume(runtimeId, options));
  }

  async restart(id: string): Promise<void> {
    await this._client.restart((await this._runtimes.ofKernel(id)).id);
  }

  async interrupt(id: string): Promise<void> {
    await this._client.interrupt((await this._runtimes.ofKernel(id)).id);
  }

  async shutdown(id: string): Promise<void> {
    await this._client.terminate((await this._runtimes.ofKernel(id)).id);
    await this._runtimes.refresh();
  }

  private _models(): Kernel.IModel[] {
    return this._runtimes.items
      .filter(hasLiveKernel)
      .map(kernelModelOf)
      .filter(model => model !== undefined);
  }
}

function runningKernelOf(runtime: IRuntimeResource): Kernel.IModel {
  const model = kernelModelOf(runtime);
  if (!model) {
    throw new RuntimeError('START_FAILED', `${runtime.given_name} runs without a kernel.`);
  }
  return model;
}
