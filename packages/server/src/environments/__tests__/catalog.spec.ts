import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { madeLauncher } from '../../launchers/process/__tests__/support.js';

const manifest = (name: string, spec = '{ title: A }'): string =>
  `apiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

describe('the catalog of environments', () => {
  const made = madeLauncher();
  const { catalog } = made;
  const environments = join(made.folder, 'environments');
  mkdirSync(environments);
  afterAll(() => made.dispose());

  const names = async (owner: string): Promise<string[]> =>
    (await catalog.list(owner)).map(({ name }) => name);

  it('shows an owner nothing of another that is not shared', async () => {
    await catalog.apply('ada', manifest('secret'));
    await catalog.apply('ada', manifest('shared', '{ visibility: organization, title: A }'));
    await catalog.apply('bob', manifest('secret', '{ title: B }'));
    expect(await names('ada')).toEqual(['python', 'secret', 'shared']);
    expect(await names('eve')).toEqual(['python', 'shared']);
    expect((await catalog.find('bob', 'secret')).environment.title).toBe('B');
    await expect(catalog.find('eve', 'secret')).rejects.toMatchObject({
      code: 'ENVIRONMENT_NOT_FOUND'
    });
    await expect(catalog.remove('eve', 'secret')).rejects.toMatchObject({
      code: 'ENVIRONMENT_NOT_FOUND'
    });
    await expect(catalog.remove('eve', 'shared')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await catalog.remove('ada', 'secret');
    expect(await names('bob')).toEqual(['python', 'secret', 'shared']);
  });

  it('lets the operator go first, tells what is wrong in the folder, and goes on without it', async () => {
    writeFileSync(join(environments, 'a.yaml'), manifest('shared', '{ title: Operator }'));
    writeFileSync(join(environments, 'b.yaml'), manifest('shared', '{ title: Second }'));
    writeFileSync(join(environments, 'c.yaml'), manifest('wrong', '{ title: [1] }'));
    writeFileSync(join(environments, 'd.yaml'), 'x'.repeat(10_000_000));
    writeFileSync(join(environments, 'e.yaml'), manifest('off', '{ enabled: false }'));
    writeFileSync(join(environments, 'f.yaml'), manifest('hidden', '{ hidden: true }'));
    expect((await catalog.find('ada', 'shared')).environment).toMatchObject({
      title: 'Operator',
      owner: null
    });
    expect(await names('ada')).toEqual(['python', 'shared', 'hidden']);
    await names('ada');
    const warnings = made.warnings.join('\n');
    expect(warnings).toMatch(
      /b\.yaml:\d+:1: error: metadata.name: The name .*shared.*a\.yaml has it/
    );
    expect(warnings).toMatch(/c\.yaml:4:16: error: spec.title: It must be text/);
    expect(warnings).toMatch(/d\.yaml:1:1: error: It has more than 1 MiB/);
    expect(made.warnings).toHaveLength(3);
    rmSync(join(environments, 'a.yaml'));
    expect((await catalog.find('ada', 'shared')).environment.title).toBe('Second');
  });

  it('does not show users what the operator keeps in variables', async () => {
    const secret = madeLauncher({
      env: { ...process.env, REGISTRY: 'secret.example.org' },
      environmentVariables: ['REGISTRY']
    });
    const spec = "{ dockerImage: '${REGISTRY}/x' }";
    mkdirSync(join(secret.folder, 'environments'));
    writeFileSync(join(secret.folder, 'environments', 'a.yaml'), manifest('ours', spec));
    const { faults } = await secret.catalog.apply('ada', manifest('theirs', spec));
    expect(faults).toEqual([
      expect.objectContaining({ severity: 'warning', path: 'spec.dockerImage' })
    ]);
    const reason = async (name: string): Promise<string> =>
      (await secret.catalog.find('ada', name)).environment.unavailable_reason;
    expect(await reason('ours')).toContain('secret.example.org/x');
    expect(await reason('theirs')).toMatch(/variable REGISTRY.* is not set/);
    await secret.dispose();
  });
});
