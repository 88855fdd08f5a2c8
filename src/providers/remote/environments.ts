import type { KernelSpec, ServerConnection } from '@jupyterlab/services';

import type { IEnvironment, RuntimesClient } from '@jupyterlab-runtimes/core';
import type { IPortableKernelSpec, IRuntimeEnvironment } from '../../tokens';

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

  environment(name: string): IRuntimeEnvironment | undefined {
    const environment = this._environments.find(candidate => candidate.name === name);
    return environment && offerOf(environment);
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
      runtimes_unavailable_reason: environment.available
        ? ''
        : environment.unavailable_reason || `${environment.title} can't be started at present.`,
      // So that a change of anything in it is one to Lab, and told.
      runtimes_offer: JSON.stringify(offerOf(environment))
    }
  };
}

function offerOf(environment: IEnvironment): IRuntimeEnvironment {
  const { reservation, idle } = environment;
  return {
    title: environment.title,
    description: environment.description,
    givenNameTemplate: environment.given_name_template,
    isDeprecated: environment.deprecated,
    examples: environment.examples,
    snippets: environment.snippets,
    resourceRanges: environment.resource_ranges,
    defaultMinutes: reservation.default_minutes,
    maxMinutes: reservation.max_minutes,
    idleTimeoutSeconds: idle.timeout_seconds,
    idleAction: idle.action
  };
}
