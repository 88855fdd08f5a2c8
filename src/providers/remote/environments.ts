import type { KernelSpec, ServerConnection } from '@jupyterlab/services';

import type { IEnvironment, RuntimesClient } from '@jupyterlab-runtimes/core';
import type { IPortableKernelSpec } from '../../tokens';

/** A service's environments as kernelspecs: what Lab can start. */
export class RemoteEnvironments implements KernelSpec.IKernelSpecAPIClient {
  constructor(
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _client: RuntimesClient
  ) {}

  async get(): Promise<KernelSpec.ISpecModels> {
    const environments = await this._client.listEnvironments();
    this._environments = environments;
    const specs = environments.map(specOf);
    return {
      default: (environments.find(({ is_default }) => is_default) ?? environments[0])?.name ?? '',
      kernelspecs: Object.fromEntries(specs.map(spec => [spec.name, spec]))
    };
  }

  titleOf(name: string): string {
    return this._environments.find(environment => environment.name === name)?.title ?? name;
  }

  /** The kernelspec that the environment's own kernel has, which other clients know. */
  portableSpec(name: string): IPortableKernelSpec {
    const environment = this._environments.find(candidate => candidate.name === name);
    return {
      name: environment?.kernel_name ?? 'python3',
      display_name: environment?.kernel_display_name ?? 'Python 3 (ipykernel)',
      language: environment?.language ?? 'python'
    };
  }

  private _environments: readonly IEnvironment[] = [];
}

function specOf(environment: IEnvironment): KernelSpec.ISpecModel {
  return {
    name: environment.name,
    display_name: environment.title,
    language: environment.language,
    argv: [],
    env: {},
    resources: {},
    metadata: {
      // For a kernelspec that it does not know, Lab takes a debugger for granted.
      debugger: false,
      runtimes_description: environment.available
        ? environment.description
        : environment.unavailable_reason,
      runtimes_available: environment.available
    }
  };
}
