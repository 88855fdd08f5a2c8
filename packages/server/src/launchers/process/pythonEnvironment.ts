/** The built-in environment: the Python that the service was told to use. */
import type { IEnvironment } from '@jupyterlab-runtimes/core';

import { cleanEnvironment } from './cleanEnvironment.js';
import { PythonProbe } from './pythonProbe.js';

export const PYTHON_ENVIRONMENT = 'python';

export class PythonEnvironment {
  /** @param env The service's environment variables. */
  constructor(
    private readonly _python: string,
    env: NodeJS.ProcessEnv,
    now: () => number
  ) {
    this._probe = new PythonProbe({
      python: _python,
      needs: ['jupyter_server', 'ipykernel'],
      env: cleanEnvironment(env),
      otherwise: 'or start the runtime service with another --python',
      now
    });
  }

  async describe(): Promise<IEnvironment> {
    const { version, problem } = await this._probe.ask();
    return {
      name: PYTHON_ENVIRONMENT,
      title: version ? `Python ${version} (this server's)` : "Python (this server's)",
      description: `The Python that the runtime service was started with: \`${this._python}\`.`,
      language: 'python',
      kernel_name: 'python3',
      kernel_display_name: 'Python 3 (ipykernel)',
      is_default: true,
      available: problem === '',
      unavailable_reason: problem,
      labels: {},
      owner: null,
      visibility: 'public',
      icon: '',
      tags: [],
      deprecated: false,
      examples: [],
      snippets: [],
      given_name_template: '',
      resource_ranges: {},
      reservation: { default_minutes: null, max_minutes: null },
      idle: { timeout_seconds: 0, action: 'pause' },
      burning_rate: 0
    };
  }

  /** A sentence with the cause and what to do; '' when nothing is the matter. */
  async diagnose(): Promise<string> {
    return (await this._probe.askAgain()).problem;
  }

  private readonly _probe: PythonProbe;
}
