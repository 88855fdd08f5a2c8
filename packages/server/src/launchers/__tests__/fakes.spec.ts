import type { IEnvironment } from '@jupyterlab-runtimes/core';
import { describeManifest } from '@jupyterlab-runtimes/core/environment';

import { FakeLauncher } from '../testing/fakeLauncher.js';
import type { IFakeLauncherOptions } from '../testing/fakeLauncher.js';
import { launcherContract } from './contract.js';
import type { IContractOptions, ILauncherUnderTest } from './contract.js';

const environment: IEnvironment = {
  ...describeManifest(
    {
      apiVersion: 'datalayer.io/v1',
      kind: 'RuntimeEnvironment',
      metadata: { name: 'fake' },
      spec: { title: 'Fake' }
    },
    { owner: null, kernelName: 'python3', kernelDisplayName: 'Python 3', unavailableReason: '' }
  ),
  is_default: true
};

function make(options: Omit<IFakeLauncherOptions, 'environment'>): () => ILauncherUnderTest {
  return () => {
    const launcher = new FakeLauncher({ environment, ...options });
    return {
      launcher,
      again: () => launcher,
      kill: id => launcher.kill(id),
      dispose: () => launcher.dispose()
    };
  };
}

const cases: [string, Omit<IFakeLauncherOptions, 'environment'>, IContractOptions['outcome']][] = [
  ['a quick one', {}, 'ready'],
  ['a slow one', { readyAfterMs: 500 }, 'ready'],
  ['one that is never ready', { neverReady: true }, 'never'],
  ['a bad one', { refusesAfterMs: 0 }, 'refused'],
  ['one that is slow, then bad', { refusesAfterMs: 300 }, 'refused']
];

cases.forEach(([name, options, outcome]) =>
  launcherContract(name, make(options), { outcome, readyWithinMs: 5000 })
);
