/** The process launcher and its catalog of environments, put together. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeFault, type IManifestFault } from '@jupyterlab-runtimes/core/environment';

import { EnvironmentCatalog } from '../../environments/catalog.js';
import { ImageMap, IMAGES_FILE } from '../../environments/images.js';
import { OperatorFolder } from '../../environments/operatorFolder.js';
import type { IManifestStore } from '../../environments/ports.js';
import { manifestVariables } from '../../environments/variables.js';
import type { ILog } from '../../runtimes/ports.js';
import { Contents } from './contents.js';
import { ControlGroups } from './controlGroup.js';
import { Homes, type HomeKind } from './home.js';
import { Interpreters } from './interpreters.js';
import { ProcessLauncher } from './processLauncher.js';
import { PythonEnvironment } from './pythonEnvironment.js';

export interface IMakeOptions {
  /** Absolute path of the service's data folder. */
  readonly dataDir: string;
  readonly python: string;
  readonly rootDir: string;
  readonly home: HomeKind;
  /** Folder of the operator's manifests. */
  readonly environmentsDir: string;
  /** Variables of the service that the operator's manifests may use. */
  readonly environmentVariables: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Control groups may be made. Default: yes. */
  readonly mayGroup?: boolean;
  readonly manifests: IManifestStore;
  readonly log: ILog;
}

export function makeProcessLauncher(options: IMakeOptions): {
  launcher: ProcessLauncher;
  catalog: EnvironmentCatalog;
} {
  const { dataDir, python, env, environmentsDir, log } = options;
  const environment = new PythonEnvironment(python, env, Date.now);
  const interpreters = new Interpreters({
    builtIn: environment,
    python,
    images: new ImageMap(join(environmentsDir, IMAGES_FILE)),
    env,
    now: Date.now
  });
  const variables = manifestVariables(env, options.environmentVariables);
  const onFaults = (faults: readonly IManifestFault[]): void =>
    log.warn({ faults: faults.map(describeFault) }, 'Something is wrong with manifests.');
  const catalog = new EnvironmentCatalog({
    operator: new OperatorFolder(environmentsDir, variables, onFaults),
    store: options.manifests,
    engine: interpreters,
    variables,
    userVariables: manifestVariables(env, [])
  });
  const launcher = new ProcessLauncher({
    python,
    environment,
    catalog,
    interpreters,
    homes: new Homes(options),
    contents: new Contents({ folder: join(dataDir, 'contents'), env, fetch }),
    groups: new ControlGroups({
      root: '/sys/fs/cgroup',
      own: options.mayGroup === false ? '' : ownControlGroup()
    }),
    dataDir,
    env
  });
  return { launcher, catalog };
}

function ownControlGroup(path = '/proc/self/cgroup'): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
