/** Whether a Python can do what it is needed for, asked without importing: that would take a second. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PROBE = `
import importlib.util, json, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
print(json.dumps({"version": "%d.%d" % sys.version_info[:2], "missing": missing}))
`;
const PROBE_TIMEOUT_MS = 20_000;
/** A good answer is not asked for again within this time, milliseconds; a bad one is. */
const TRUST_MS = 60_000;

export interface IPythonAnswer {
  /** e.g. `3.12`; '' when it does not work. */
  readonly version: string;
  /** A sentence with the cause and what to do; '' when all is well. */
  readonly problem: string;
}

export interface IPythonProbeOptions {
  readonly python: string;
  /** Modules that it needs. */
  readonly needs: readonly string[];
  /** Environment variables that it is asked with. */
  readonly env: Record<string, string>;
  /** What to do instead of repairing it, for sentences: `or …`. */
  readonly otherwise: string;
  readonly now: () => number;
}

export class PythonProbe {
  constructor(private readonly _options: IPythonProbeOptions) {}

  /** What was found a while ago, when it was good: a launch fails by itself, with the same reason. */
  async ask(): Promise<IPythonAnswer> {
    const { _known: known } = this;
    if (known && this._options.now() - known.at < TRUST_MS) {
      return known.answer;
    }
    const asking = (this._running ??= this._askAndRemember());
    return known?.answer ?? asking;
  }

  async askAgain(): Promise<IPythonAnswer> {
    this._known = undefined;
    return this.ask();
  }

  private async _askAndRemember(): Promise<IPythonAnswer> {
    const answer = await this._ask();
    this._known = answer.problem === '' ? { at: this._options.now(), answer } : undefined;
    this._running = undefined;
    return answer;
  }

  private async _ask(): Promise<IPythonAnswer> {
    const { python, needs, env } = this._options;
    try {
      const { stdout } = await run(python, ['-c', PROBE, ...needs], {
        env,
        timeout: PROBE_TIMEOUT_MS
      });
      const { version, missing } = JSON.parse(stdout) as { version: string; missing: string[] };
      const packages = missing.map(name => name.replaceAll('_', '-'));
      return {
        version,
        problem:
          missing.length === 0
            ? ''
            : `${packages.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing in ${python}: install with \`${python} -m pip install ${packages.join(' ')}\`.`
      };
    } catch (error) {
      return { version: '', problem: this._failure(error) };
    }
  }

  private _failure(error: unknown): string {
    const { python, otherwise } = this._options;
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return `There is no Python at ${python}: repair that environment, ${otherwise}.`;
    }
    if (code === 'EACCES') {
      return `${python} can't be run (no permission): make it executable, ${otherwise}.`;
    }
    const lastLine = stderr?.trim().split('\n').at(-1);
    return `The Python at ${python} does not work (${lastLine || String(code ?? 'it does not answer')}): repair that environment, ${otherwise}.`;
  }

  private _known: { readonly at: number; readonly answer: IPythonAnswer } | undefined;
  private _running: Promise<IPythonAnswer> | undefined;
}
