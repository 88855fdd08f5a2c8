/** The built-in environment: the Python that the service was told to use. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { IEnvironment } from '@jupyterlab-runtimes/core';

import { cleanEnvironment } from './cleanEnvironment.js';

const run = promisify(execFile);

/** Looks without importing: that would take a second. */
const PROBE = `
import importlib.util, json, sys
missing = [name for name in ("jupyter_server", "ipykernel") if importlib.util.find_spec(name) is None]
print(json.dumps({"version": "%d.%d" % sys.version_info[:2], "missing": missing}))
`;
const PROBE_TIMEOUT_MS = 20_000;
/** A good answer is not asked for again within this time, milliseconds; a bad one is. */
const TRUST_MS = 60_000;

export const PYTHON_ENVIRONMENT = 'python';

interface IProbe {
  readonly version: string;
  /** '' when all is well. */
  readonly problem: string;
}

export class PythonEnvironment {
  /** @param env The service's environment variables. */
  constructor(
    private readonly _python: string,
    private readonly _env: NodeJS.ProcessEnv,
    private readonly _now: () => number
  ) {}

  async describe(): Promise<IEnvironment> {
    const { version, problem } = await this._probe();
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
    this._known = undefined;
    return (await this._probe()).problem;
  }

  private async _probe(): Promise<IProbe> {
    const { _known: known } = this;
    if (known && this._now() - known.at < TRUST_MS) {
      return known.probe;
    }
    const asking = (this._running ??= this._askAndRemember());
    // A launch does not wait for an answer that was good a while ago: it would fail by itself, with the same reason.
    return known?.probe ?? asking;
  }

  private async _askAndRemember(): Promise<IProbe> {
    const probe = await this._ask();
    this._known = probe.problem === '' ? { at: this._now(), probe } : undefined;
    this._running = undefined;
    return probe;
  }

  private async _ask(): Promise<IProbe> {
    try {
      const { stdout } = await run(this._python, ['-c', PROBE], {
        env: cleanEnvironment(this._env),
        timeout: PROBE_TIMEOUT_MS
      });
      const { version, missing } = JSON.parse(stdout) as { version: string; missing: string[] };
      const packages = missing.join(' and ').replaceAll('_', '-');
      return {
        version,
        problem:
          missing.length === 0
            ? ''
            : `${packages} ${missing.length > 1 ? 'are' : 'is'} missing in ${this._python}: install with \`${this._python} -m pip install ${missing.join(' ').replaceAll('_', '-')}\`.`
      };
    } catch (error) {
      return { version: '', problem: describeFailure(this._python, error) };
    }
  }

  private _known: { readonly at: number; readonly probe: IProbe } | undefined;
  private _running: Promise<IProbe> | undefined;
}

function describeFailure(python: string, error: unknown): string {
  const { code, stderr } = error as { code?: string | number; stderr?: string };
  if (code === 'ENOENT') {
    return `There is no Python at ${python}: repair that environment, or start the runtime service with another --python.`;
  }
  if (code === 'EACCES') {
    return `${python} can't be run (no permission): choose a Python with --python.`;
  }
  const lastLine = stderr?.trim().split('\n').at(-1);
  return `The Python at ${python} does not work (${lastLine || String(code ?? 'it does not answer')}): repair that environment, or start the runtime service with another --python.`;
}
