/** How processes of this machine run an environment: which Python or kernelspec, and whether it works. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';

import { RuntimeError, type IEnvironment } from '@jupyterlab-runtimes/core';
import {
  expand,
  parseQuantity,
  type IManifest,
  type IProcessSpec,
  type Variables
} from '@jupyterlab-runtimes/core/environment';

import type { ImageMap } from '../../environments/images.js';
import type { IEngine, IJudgement } from '../../environments/ports.js';
import { cleanEnvironment } from './cleanEnvironment.js';
import { condaFolder } from './condaFolder.js';
import type { IInterpreter } from './interpreter.js';
import { KernelspecList } from './kernelspecList.js';
import type { PythonEnvironment } from './pythonEnvironment.js';
import { PythonProbe } from './pythonProbe.js';

export interface IInterpretersOptions {
  readonly builtIn: PythonEnvironment;
  /** The service's own Python. */
  readonly python: string;
  readonly images: ImageMap;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => number;
}

const isWindows = process.platform === 'win32';

export class Interpreters implements IEngine {
  constructor(private readonly _options: IInterpretersOptions) {
    this._kernelspecs = new KernelspecList(_options.python, _options.env, _options.now);
  }

  builtIn(): Promise<IEnvironment> {
    return this._options.builtIn.describe();
  }

  async judge(manifest: IManifest, variables: Variables): Promise<IJudgement> {
    const fallback = { kernelName: 'python3', kernelDisplayName: manifest.metadata.name };
    try {
      const { kernelName, displayName } = await this.find(manifest, variables);
      return { unavailableReason: '', kernelName, kernelDisplayName: displayName };
    } catch (error) {
      if (error instanceof RuntimeError) {
        return { unavailableReason: error.message, ...fallback };
      }
      throw error;
    }
  }

  /** @throws RuntimeError ENVIRONMENT_INVALID (nothing here can run it) | ENVIRONMENT_BROKEN (what should, does not) */
  async find(manifest: IManifest, variables: Variables): Promise<IInterpreter> {
    checkGpu(manifest);
    const { spec } = manifest;
    const fill = (text: string, field: string): string => expand(text, variables, field);
    const target = this._target(manifest, fill);
    if (target.kernelspec !== undefined) {
      return this._kernelspecs.find(target.kernelspec);
    }
    const prefix =
      target.prefix === undefined
        ? undefined
        : absolute(fill(target.prefix, 'spec.process.prefix'));
    const python =
      prefix === undefined
        ? absolute(fill(target.python ?? this._options.python, 'spec.process.python'))
        : pythonOf(prefix);
    const { version, problem } = await this._probe(python).ask();
    if (problem !== '') {
      throw new RuntimeError('ENVIRONMENT_BROKEN', problem);
    }
    const displayName = `Python ${version} (${spec.title || manifest.metadata.name})`;
    return {
      kernelName: 'python3',
      displayName,
      spec: {
        argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
        display_name: displayName,
        language: 'python',
        metadata: { debugger: true },
        env: activation(prefix ?? prefixOf(python), this._options.env)
      }
    };
  }

  /** Asked when a launch failed: a sentence, or ''. */
  async diagnose(manifest: IManifest, variables: Variables): Promise<string> {
    this._probes.clear();
    this._kernelspecs.forget();
    return (await this.judge(manifest, variables)).unavailableReason;
  }

  private _target(
    manifest: IManifest,
    fill: (text: string, field: string) => string
  ): IProcessSpec {
    const { process: own, conda, dockerImage } = manifest.spec;
    const named = Object.values(own ?? {}).filter(value => value !== undefined).length;
    if (named > 1) {
      throw new RuntimeError(
        'ENVIRONMENT_INVALID',
        `The environment "${manifest.metadata.name}" names more than one of python, prefix and kernelspec in spec.process: keep one.`
      );
    }
    if (own && named === 1) {
      return own;
    }
    if (conda?.environment !== undefined) {
      return {
        prefix: condaFolder(fill(conda.environment, 'spec.conda.environment'), this._options.env)
      };
    }
    if (dockerImage === undefined) {
      return { python: this._options.python };
    }
    const image = fill(dockerImage, 'spec.dockerImage');
    const mapped = this._options.images.find(image);
    if (!mapped) {
      throw new RuntimeError(
        'ENVIRONMENT_INVALID',
        `This service runs processes, and nothing stands for the image ${image}: add spec.process.prefix to the environment, or have the operator map the image in images.yaml.`
      );
    }
    return mapped;
  }

  private _probe(python: string): PythonProbe {
    const known = this._probes.get(python);
    const probe =
      known ??
      new PythonProbe({
        python,
        needs: ['ipykernel'],
        env: cleanEnvironment(this._options.env),
        otherwise: 'or correct the environment',
        now: this._options.now
      });
    this._probes.set(python, probe);
    return probe;
  }

  private readonly _probes = new Map<string, PythonProbe>();
  private readonly _kernelspecs: KernelspecList;
}

/** A machine without GPU can't give one; with one, all processes share it. */
function checkGpu({ metadata, spec }: IManifest): void {
  const asked = Object.values(spec.resourcesRanges ?? {}).some(
    ({ requests, limits }) => parseQuantity({ ...limits, ...requests }['nvidia.com/gpu'] ?? 0) > 0
  );
  if (asked && !isWindows && !existsSync('/dev/nvidia0') && !existsSync('/dev/dxg')) {
    throw new RuntimeError(
      'ENVIRONMENT_INVALID',
      `The environment "${metadata.name}" needs a GPU, and this machine has none: use a service on a machine with a GPU.`
    );
  }
}

function absolute(path: string): string {
  const home = /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : path;
  if (!isAbsolute(home)) {
    throw new RuntimeError(
      'ENVIRONMENT_INVALID',
      `The path "${path}" of the environment is not absolute: write all of it, from the root or from ~/.`
    );
  }
  return resolve(home);
}

function pythonOf(prefix: string): string {
  const candidates = isWindows
    ? [join(prefix, 'Scripts', 'python.exe'), join(prefix, 'python.exe')]
    : [join(prefix, 'bin', 'python'), join(prefix, 'bin', 'python3')];
  return candidates.find(each => existsSync(each)) ?? candidates[0];
}

/** The folder of the environment that a Python is in; undefined where it is in none. */
function prefixOf(python: string): string | undefined {
  const folder = basename(resolve(python, '..')).toLowerCase();
  const prefix =
    folder === 'bin' || folder === 'scripts' ? resolve(python, '../..') : resolve(python, '..');
  return existsSync(join(prefix, 'pyvenv.cfg')) || existsSync(join(prefix, 'conda-meta'))
    ? prefix
    : undefined;
}

/** What `activate` would set, so that programs of the environment are found. */
function activation(prefix: string | undefined, env: NodeJS.ProcessEnv): Record<string, string> {
  if (prefix === undefined) {
    return {};
  }
  const programs = isWindows
    ? [join(prefix, 'Scripts'), prefix, join(prefix, 'Library', 'bin')]
    : [join(prefix, 'bin')];
  const separator = isWindows ? ';' : ':';
  return {
    PATH: [...programs, env['PATH'] ?? ''].join(separator),
    ...(existsSync(join(prefix, 'conda-meta'))
      ? { CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: basename(prefix) }
      : { VIRTUAL_ENV: prefix })
  };
}
