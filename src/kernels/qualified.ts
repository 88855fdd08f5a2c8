/**
 * A provider's API clients as Lab's managers see them: with qualified
 * kernelspec names, and with the local server's habits kept from the others.
 */
import type { Kernel, KernelSpec } from '@jupyterlab/services';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type { IRuntimeProvider } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';
import { logoOf } from './logos';
import { qualifyName, unqualifyName } from './names';

/** A kernel model with its name qualified. `connections` is left out for other
 *  places: Lab shuts kernels with none down *on the local server*. */
export function qualifyKernel(provider: IRuntimeProvider, model: Kernel.IModel): Kernel.IModel {
  if (provider.id === LOCAL_PROVIDER_ID) {
    return model;
  }
  return { ...model, connections: undefined, name: qualifyName(provider.id, model.name) };
}

/** What to ask a provider for, from what Lab asks for. */
export function unqualifyKernelOptions<T extends { name?: string }>(
  provider: IRuntimeProvider,
  options: T
): T {
  return options.name === undefined
    ? options
    : { ...options, name: unqualifyName(provider.id, options.name) };
}

/** Told of each interrupt that Lab asks for, with how the asking went. */
export type InterruptListener = (kernelId: string, asked: Promise<void>) => void;

/** The provider's kernel client with qualified names. */
export class QualifiedKernelClient implements Kernel.IKernelAPIClient {
  constructor(
    private readonly _provider: IRuntimeProvider,
    private readonly _onInterrupt: InterruptListener
  ) {}

  get serverSettings() {
    return this._provider.serverSettings;
  }

  async listRunning(): Promise<Kernel.IModel[]> {
    const models = await this._provider.kernelClient.listRunning();
    return models.map(model => qualifyKernel(this._provider, model));
  }

  async getModel(id: string): Promise<Kernel.IModel | undefined> {
    const model = await this._provider.kernelClient.getModel(id);
    return model && qualifyKernel(this._provider, model);
  }

  async startNew(options: Kernel.IKernelOptions = {}): Promise<Kernel.IModel> {
    const own = unqualifyKernelOptions(this._provider, options);
    return qualifyKernel(this._provider, await this._provider.kernelClient.startNew(own));
  }

  restart(id: string): Promise<void> {
    return this._provider.kernelClient.restart(id);
  }

  /** Lab's own buttons, menus and keys come here, and none of them looks at the
   *  answer. Where an interrupt would lose the state the listener has the user
   *  asked, so that for Lab this is none of its failures. */
  async interrupt(id: string): Promise<void> {
    const asked = this._provider.kernelClient.interrupt(id);
    this._onInterrupt(id, asked);
    try {
      await asked;
    } catch (error) {
      if (!(error instanceof RuntimeError && error.code === 'INTERRUPT_NEEDS_ISOLATION')) {
        throw error;
      }
    }
  }

  shutdown(id: string): Promise<void> {
    return this._provider.kernelClient.shutdown(id);
  }
}

/** The provider's kernelspec client with qualified names, and display names
 *  that say the place wherever Lab shows them without a group heading. */
export class QualifiedKernelSpecClient implements KernelSpec.IKernelSpecAPIClient {
  constructor(private readonly _provider: IRuntimeProvider) {}

  get serverSettings() {
    return this._provider.serverSettings;
  }

  async get(): Promise<KernelSpec.ISpecModels> {
    const provider = this._provider;
    const models = await provider.kernelSpecClient.get();
    if (provider.id === LOCAL_PROVIDER_ID) {
      return models;
    }
    const kernelspecs: Record<string, KernelSpec.ISpecModel | undefined> = {};
    for (const spec of Object.values(models.kernelspecs)) {
      if (spec) {
        const name = qualifyName(provider.id, spec.name);
        kernelspecs[name] = {
          ...spec,
          name,
          display_name: `${spec.display_name} — ${provider.label}`,
          resources: { 'logo-svg': logoOf(provider.place), ...spec.resources },
          metadata: { ...spec.metadata, [TITLE_KEY]: spec.display_name }
        };
      }
    }
    return { default: qualifyName(provider.id, models.default), kernelspecs };
  }
}

/** Where a qualified spec keeps the display name that its provider gave it. */
const TITLE_KEY = 'runtimes_title';

/** A spec's display name without the place. */
export function titleOf(spec: KernelSpec.ISpecModel): string {
  const title = spec.metadata?.[TITLE_KEY];
  return typeof title === 'string' ? title : spec.display_name;
}
