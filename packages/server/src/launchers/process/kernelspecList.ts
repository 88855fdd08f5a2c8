/** The kernelspecs that the service's Jupyter finds. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { cleanEnvironment } from './cleanEnvironment.js';
import type { IInterpreter, IKernelspec } from './interpreter.js';

const run = promisify(execFile);

const TIMEOUT_MS = 20_000;
/** A list is not asked for again within this time, milliseconds. */
const TRUST_MS = 10_000;

export class KernelspecList {
  constructor(
    private readonly _python: string,
    private readonly _env: NodeJS.ProcessEnv,
    private readonly _now: () => number
  ) {}

  /** @throws RuntimeError ENVIRONMENT_BROKEN */
  async find(name: string): Promise<IInterpreter> {
    const specs = await this._list();
    const spec = specs.get(name);
    if (!spec) {
      throw new RuntimeError(
        'ENVIRONMENT_BROKEN',
        `There is no kernelspec "${name}" on this machine (there are ${[...specs.keys()].join(', ') || 'none'}): install it, or name another.`
      );
    }
    return { kernelName: name, displayName: spec.display_name, spec };
  }

  forget(): void {
    this._known = undefined;
  }

  private _list(): Promise<ReadonlyMap<string, IKernelspec>> {
    if (!this._known || this._now() - this._known.at > TRUST_MS) {
      const specs = this._ask();
      this._known = { at: this._now(), specs };
      specs.catch(() => this.forget());
    }
    return this._known.specs;
  }

  private async _ask(): Promise<ReadonlyMap<string, IKernelspec>> {
    try {
      const { stdout } = await run(
        this._python,
        ['-m', 'jupyter_client.kernelspecapp', 'list', '--json'],
        { env: cleanEnvironment(this._env), timeout: TIMEOUT_MS }
      );
      const { kernelspecs } = JSON.parse(stdout) as {
        kernelspecs: Record<string, { resource_dir: string; spec: IKernelspec }>;
      };
      return new Map(
        Object.entries(kernelspecs).map(([name, { resource_dir: folder, spec }]) => [
          name,
          { ...spec, argv: spec.argv.map(part => part.replaceAll('{resource_dir}', folder)) }
        ])
      );
    } catch (error) {
      throw new RuntimeError(
        'ENVIRONMENT_BROKEN',
        `${this._python} can't list the kernelspecs of this machine (${(error as Error).message.split('\n', 1)[0]}): repair it.`,
        { cause: error }
      );
    }
  }

  private _known:
    { readonly at: number; readonly specs: Promise<ReadonlyMap<string, IKernelspec>> } | undefined;
}
