import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { condaVariables } from '../condaActivation.js';

const folder = mkdtempSync(join(tmpdir(), 'jlr-conda-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function environment(scripts: Readonly<Record<string, string>>, state?: string): string {
  const prefix = mkdtempSync(join(folder, 'env-'));
  const at = join(prefix, 'etc', 'conda', 'activate.d');
  mkdirSync(at, { recursive: true });
  mkdirSync(join(prefix, 'conda-meta'));
  Object.entries(scripts).forEach(([name, text]) => writeFileSync(join(at, name), text));
  if (state !== undefined) {
    writeFileSync(join(prefix, 'conda-meta', 'state'), state);
  }
  return prefix;
}

const base = (prefix: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  CONDA_PREFIX: prefix
});

describe('a conda environment', () => {
  it('brings the variables that were set for it, and what its scripts export', async () => {
    const prefix = environment(
      {
        'a.sh': 'export PROJ_DATA="$CONDA_PREFIX/share/proj"; unexported=1; echo loud',
        'b.sh': 'export SECOND="$PROJ_DATA/$OWN\nline 2"; export PATH="/extra:$PATH"',
        'c.fish': 'set -x NOT_RUN 1'
      },
      '{"env_vars": {"OWN": "ü $x", "NUMBER": 5}}'
    );
    const env = base(prefix);
    if (process.platform === 'win32') {
      expect(await condaVariables(prefix, env)).toEqual({ OWN: 'ü $x', NUMBER: '5' });
      return;
    }
    expect(await condaVariables(prefix, env)).toEqual({
      OWN: 'ü $x',
      NUMBER: '5',
      PROJ_DATA: `${prefix}/share/proj`,
      SECOND: `${prefix}/share/proj/ü $x\nline 2`,
      PATH: `/extra:${env['PATH']}`
    });
  });

  it('without any of that brings nothing', async () => {
    const prefix = environment({});
    expect(await condaVariables(prefix, base(prefix))).toEqual({});
  });

  it('whose variables or scripts are broken says which, and what to do', async () => {
    const damaged = environment({}, 'no JSON');
    await expect(condaVariables(damaged, base(damaged))).rejects.toMatchObject({
      code: 'ENVIRONMENT_BROKEN',
      message: expect.stringContaining('conda-meta')
    });
    if (process.platform !== 'win32') {
      const failing = environment({ 'a.sh': 'echo no licence >&2; false' });
      await expect(condaVariables(failing, base(failing))).rejects.toMatchObject({
        code: 'ENVIRONMENT_BROKEN',
        message: expect.stringMatching(/can't be activated \(no licence\): repair its scripts/)
      });
    }
  });
});
