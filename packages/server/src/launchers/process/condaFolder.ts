/** Where conda keeps an environment of this machine. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';

import { RuntimeError } from '@jupyterlab-runtimes/core';

const DISTRIBUTIONS = ['miniforge3', 'mambaforge', 'miniconda3', 'anaconda3', 'micromamba'];

/** @param environment A folder, or a name that conda gives one.
 *  @throws RuntimeError ENVIRONMENT_BROKEN when there is none of that name. */
export function condaFolder(environment: string, env: NodeJS.ProcessEnv, home = homedir()): string {
  if (isAbsolute(environment)) {
    return environment;
  }
  const roots = [
    env['MAMBA_ROOT_PREFIX'],
    env['CONDA_EXE'] && resolve(env['CONDA_EXE'], '../..'),
    ...[home, '/opt', '/usr/local'].flatMap(place => DISTRIBUTIONS.map(name => join(place, name))),
    join(home, '.conda'),
    '/opt/conda'
  ].filter((root): root is string => root !== undefined && root !== '');
  const candidates = [
    ...knownToConda(home).filter(folder => basename(folder) === environment),
    ...roots.map(root => join(root, 'envs', environment)),
    ...(environment === 'base' ? roots : [])
  ];
  const found = candidates.find(folder => existsSync(join(folder, 'conda-meta')));
  if (found === undefined) {
    throw new RuntimeError(
      'ENVIRONMENT_BROKEN',
      `There is no conda environment "${environment}" on this machine: make it, or write its folder.`
    );
  }
  return found;
}

/** conda notes each environment that it makes. */
function knownToConda(home: string): string[] {
  const path = join(home, '.conda', 'environments.txt');
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split(/\r?\n/)
        .map(line => line.trim())
        .filter(line => line !== '')
    : [];
}
