/**
 * What `conda activate` would set beside the paths: the variables of `conda env config vars set`, and what the scripts
 * `etc/conda/activate.d/*.sh` export. Not run: scripts for other shells, on Windows all of them, and `deactivate.d`.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { RuntimeError } from '@jupyterlab-runtimes/core';

const run = promisify(execFile);

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** What a shell sets for itself. */
const OF_SHELL = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL']);
/** Each script in turn, then all variables, behind what scripts print. */
const PROGRAM = 'for script in "$@"; do . "$script" >/dev/null; done; exec env -0';

/** @param env The variables that the environment's programs get anyhow, its paths and CONDA_PREFIX among them.
 *  @throws RuntimeError ENVIRONMENT_BROKEN when a script fails. */
export async function condaVariables(
  prefix: string,
  env: Readonly<Record<string, string>>
): Promise<Record<string, string>> {
  const own = configured(prefix);
  const scripts = process.platform === 'win32' ? [] : scriptsOf(prefix);
  if (scripts.length === 0) {
    return own;
  }
  const before = { ...env, ...own };
  try {
    const { stdout } = await run('sh', ['-eu', '-c', `set +u; ${PROGRAM}`, 'sh', ...scripts], {
      env: before,
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES
    });
    const after = stdout
      .split('\0')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
    const changed = after.filter(
      ([name, value]) => name !== '' && !OF_SHELL.has(name) && before[name] !== value
    );
    return { ...own, ...Object.fromEntries(changed) };
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const why = (stderr.trim() || message).split('\n').at(-1) ?? '';
    throw new RuntimeError(
      'ENVIRONMENT_BROKEN',
      `The conda environment ${prefix} can't be activated (${why}): repair its scripts in etc/conda/activate.d.`,
      { cause: error }
    );
  }
}

function scriptsOf(prefix: string): string[] {
  const folder = join(prefix, 'etc', 'conda', 'activate.d');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter(name => name.endsWith('.sh'))
        .sort()
        .map(name => join(folder, name))
    : [];
}

function configured(prefix: string): Record<string, string> {
  const path = join(prefix, 'conda-meta', 'state');
  if (!existsSync(path)) {
    return {};
  }
  try {
    const { env_vars: variables = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
      env_vars?: Record<string, unknown>;
    };
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, String(value)])
    );
  } catch (error) {
    throw new RuntimeError(
      'ENVIRONMENT_BROKEN',
      `The variables of the conda environment ${prefix} can't be read: repair ${path}.`,
      { cause: error }
    );
  }
}
