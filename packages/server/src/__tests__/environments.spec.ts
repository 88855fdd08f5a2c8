import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PYTHON, TestService } from './support/testService.js';
import { execute } from './support/execute.js';

const manifest = (name: string, spec: string): string =>
  `apiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata:\n  name: ${name}\nspec:\n${spec
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')}\n`;

const PREFIX = join(PYTHON, '..', '..');

describe('environments', () => {
  const service = new TestService();

  beforeAll(async () => {
    const folder = join(service.folder, 'environments');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'all.yaml'),
      [
        manifest(
          'prefixed',
          `title: Préfixe 🧪\nprocess: { prefix: '${PREFIX}' }\nenv: [{ name: GREETING, value: 'a $b \${LANG}' }]`
        ),
        manifest('mapped', 'dockerImage: example.org/science:1.2'),
        manifest('imaged', 'dockerImage: example.org/unknown:1'),
        manifest('broken', 'process: { python: /nowhere/python }'),
        manifest('specced', 'process: { kernelspec: python3 }')
      ].join('---\n')
    );
    writeFileSync(
      join(folder, 'images.yaml'),
      `images:\n  example.org/science: { python: '${PYTHON}' }\n`
    );
    await service.start();
  }, 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('are the built-in one and the operator’s, each with what keeps it from running', async () => {
    const environments = await service.client.listEnvironments();
    const known = Object.fromEntries(
      environments.map(({ name, available, unavailable_reason: reason }) => [
        name,
        available || reason
      ])
    );
    expect(known).toEqual({
      python: true,
      prefixed: true,
      mapped: true,
      specced: true,
      imaged: expect.stringMatching(
        /nothing stands for the image example.org\/unknown:1.*images.yaml/
      ),
      broken: expect.stringMatching(/no Python at \/nowhere\/python/)
    });
    expect(environments.filter(each => each.is_default).map(({ name }) => name)).toEqual([
      'python'
    ]);
  });

  it('run kernels with their variables and those of the launch, and nothing of the service', async () => {
    const { id } = await service.client.launch({
      environment_name: 'prefixed',
      env: { OTHER: 'ü $HOME ${HOME}' }
    });
    const runtime = await service.settled(id);
    expect(runtime).toMatchObject({ state: 'running', environment_title: 'Préfixe 🧪' });
    const text = await execute(
      service,
      runtime,
      "import os, json, sys; print(json.dumps([os.environ['GREETING'], os.environ['OTHER'], os.environ['VIRTUAL_ENV'], sys.prefix, [n for n in os.environ if n.startswith('JUPYTERLAB_')]]))"
    );
    expect(JSON.parse(text)).toEqual([
      `a $b ${process.env['LANG'] ?? ''}`,
      'ü $HOME ${HOME}',
      PREFIX,
      PREFIX,
      []
    ]);
  }, 60_000);

  it('of users are kept, given back as they came, and deleted', async () => {
    const text = `# mine\n${manifest('own', `title: Own\nprocess: { python: '${PYTHON}' }`)}`;
    const applied = await service.client.applyEnvironments(text);
    expect(applied).toMatchObject({
      items: [{ name: 'own', owner: 'me', visibility: 'private', available: true }],
      faults: []
    });
    expect(await service.client.getManifest('own')).toBe(text);
    expect(await service.client.getEnvironment('own')).toMatchObject({ title: 'Own' });
    await service.client.deleteEnvironment('own');
    await expect(service.client.getEnvironment('own')).rejects.toMatchObject({
      code: 'ENVIRONMENT_NOT_FOUND'
    });
  });

  it('that are wrong, or have a name of the operator, are refused whole', async () => {
    const good = manifest('good', 'title: Good');
    const bad = manifest('bad', 'title: [5]');
    await expect(service.client.applyEnvironments(`${good}---\n${bad}`)).rejects.toMatchObject({
      code: 'ENVIRONMENT_INVALID',
      message: expect.stringMatching(/manifest:\d+:\d+: error: spec.title: It must be text/)
    });
    await expect(
      service.client.applyEnvironments(manifest('mapped', 'title: Mine'))
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(service.client.applyEnvironments('x'.repeat(10_000_000))).rejects.toMatchObject({
      code: 'ENVIRONMENT_INVALID',
      message: expect.stringContaining('more than 1 MiB')
    });
    await expect(service.client.deleteEnvironment('mapped')).rejects.toMatchObject({
      code: 'FORBIDDEN'
    });
    const { valid, faults } = await service.client.validateEnvironments(bad);
    expect({ valid, lines: faults.map(({ line }) => line) }).toEqual({ valid: false, lines: [6] });
    const names = (await service.client.listEnvironments()).map(({ name }) => name);
    expect(names).not.toContain('good');
  });

  it('are read again when their file changes', async () => {
    writeFileSync(
      join(service.folder, 'environments', 'later.yml'),
      manifest('later', 'title: Later')
    );
    expect((await service.client.getEnvironment('later')).title).toBe('Later');
  });
});
