import type { IDescribedVariable, IKernelFacts } from '@jupyterlab-runtimes/core';

import { canGo, planRows, ticksUnasked } from '../transferPlan';

const facts: IKernelFacts = {
  python: {
    version: '3.14.0',
    implementation: 'cpython',
    platform: 'emscripten',
    machine: 'wasm32',
    byteorder: 'little'
  },
  memory_bytes: 1000,
  disk_bytes: null,
  can_fork: false,
  distributions: { pandas: null, torch: '2.1' }
};

function variable(name: string, more: Partial<IDescribedVariable> = {}): IDescribedVariable {
  return {
    ...{ name, type: 'int', size_bytes: 10, outcome: 'carried', reason: '', remedy: '' },
    ...{ shares: [], requires: [], secret_like: false, secret_reason: '' },
    ...more
  };
}

function needs(name: string, version: string, exact: boolean) {
  return [{ module: name, name, version, exact }];
}

describe('what would go along', () => {
  const rows = planRows(
    {
      complete: true,
      entries: [
        variable('plain'),
        variable('token', { secret_like: true }),
        variable('lock', { outcome: 'rebuilt', reason: 'a fresh lock' }),
        variable('thread', { outcome: 'skipped', reason: 'a thread runs' }),
        variable('untried', { outcome: 'unknown until tried' }),
        variable('frame', { requires: needs('pandas', '2.0', false) }),
        variable('model', { requires: needs('torch', '2.0', true) }),
        variable('loose', { requires: needs('torch', '2.0', false) }),
        variable('large', { size_bytes: 2000 })
      ]
    },
    { facts, names: new Set(['plain']) }
  );
  const row = (name: string) => rows.find(each => each.name === name)!;

  it('ticks what can go, and leaves what looks like a secret to the user', () => {
    expect(ticksUnasked(rows)).toEqual(['plain', 'lock', 'untried', 'loose']);
    expect(canGo(row('token'))).toBe(true);
  });

  it('says what the target lacks', () => {
    expect(row('frame').obstacle).toMatchObject({ kind: 'missing' });
    expect(row('model').obstacle).toMatchObject({ kind: 'version', found: '2.1' });
    expect(row('large').obstacle).toEqual({ kind: 'too-large', freeBytes: 1000 });
  });

  it('says what it would replace', () => {
    expect(rows.filter(({ replaces }) => replaces).map(({ name }) => name)).toEqual(['plain']);
  });
});
