import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { TestService } from '../../../__tests__/support/testService.js';
import { execute } from '../../../__tests__/support/execute.js';

const run = promisify(execFile);
const isLinux = process.platform === 'linux';

const manifest = (name: string, spec: string): string =>
  `---\napiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata: { name: ${name} }\nspec:\n${spec}`;

describe('a process of a runtime', () => {
  const service = new TestService({ args: ['--home', 'private'] });

  beforeAll(async () => {
    const files = join(service.folder, 'files');
    mkdirSync(files);
    writeFileSync(join(files, 'data.txt'), 'some data');
    const repository = join(service.folder, 'repository');
    const git = (...args: string[]): Promise<unknown> =>
      run('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: repository });
    mkdirSync(repository);
    await git('init', '-q');
    writeFileSync(join(repository, 'code.py'), 'x = 1');
    await git('add', '.');
    await git('commit', '-q', '-m', 'a');
    mkdirSync(join(service.folder, 'environments'));
    writeFileSync(
      join(service.folder, 'environments', 'all.yaml'),
      [
        manifest(
          'filled',
          `  contents:
    - { name: folder, mount: /home/jovyan/data/folder, source: '${files}' }
    - { name: repository, mount: ~/code, source: 'git+file://${repository}' }
    - { name: s3-something, mount: /home/jovyan/s3, permissions: ro }
    - { name: climber, mount: ../../climbed, source: '${files}' }
`
        ),
        manifest(
          'bounded',
          `  kernel: { givenNameTemplate: '環境 {n}' }
  resourcesRanges: { default: { requests: { memory: 400Mi, cpu: '1' }, limits: { memory: 1Gi } } }
`
        )
      ].join('')
    );
    await service.start();
  }, 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('has a home of its own, the contents of its environment, and says what is missing', async () => {
    const { id } = await service.client.launch({ environment_name: 'filled' });
    const runtime = await service.settled(id);
    expect(runtime.state_reason).toBe('');
    const text = await execute(
      service,
      runtime,
      "import os, json; from pathlib import Path; h = Path.home(); print(json.dumps([str(h), os.getcwd(), (h / 'data/folder/data.txt').read_text(), (h / 'code/code.py').read_text()]))"
    );
    const home = join(service.folder, 'homes', id);
    expect(JSON.parse(text)).toEqual([home, home, 'some data', 'x = 1']);
    expect(runtime.notes.join('\n')).toMatch(/"s3-something" is missing: .*give it a source/);
    expect(runtime.notes.join('\n')).toMatch(/"climber" is missing: .*outside of its home/);
    expect(runtime.notes.join('\n')).toMatch(/"folder" can be written to/);
    expect(existsSync(join(service.folder, 'climbed'))).toBe(false);
  }, 60_000);

  it('keeps what it writes into ~/persistent for the next one of its owner, and no more', async () => {
    const write = "from pathlib import Path; (Path.home() / 'persistent/kept').write_text('kept')";
    const first = await service.settled(
      (await service.client.launch({ environment_name: 'python', persistent_storage: true })).id
    );
    expect(first.persistent_storage).toBe('~/persistent');
    await execute(service, first, write);
    await service.client.terminate(first.id);
    const [second, third] = await Promise.all(
      [true, false].map(async storage => {
        const request = { environment_name: 'python', persistent_storage: storage };
        return service.settled((await service.client.launch(request)).id);
      })
    );
    const read =
      "from pathlib import Path; p = Path.home() / 'persistent/kept'; print(p.read_text() if p.exists() else None)";
    expect((await execute(service, second, read)).trim()).toBe('kept');
    expect((await execute(service, third, read)).trim()).toBe('None');
    expect(readFileSync(join(service.folder, 'storage', 'me', 'kept'), 'utf8')).toBe('kept');
    expect(lstatSync(join(service.folder, 'homes', second.id, 'persistent')).isSymbolicLink()).toBe(
      true
    );
  }, 90_000);

  (isLinux ? it : it.skip)(
    'can not have more memory than its environment gives it, and is called as that says',
    async () => {
      const { id } = await service.client.launch({ environment_name: 'bounded' });
      const runtime = await service.settled(id);
      expect(runtime).toMatchObject({
        given_name: '環境 1',
        resources: { memory: '400Mi', cpu: '1' },
        state: 'running'
      });
      const text = await execute(
        service,
        runtime,
        "import os\ntry:\n    x = bytearray(700 * 2**20)\n    print('got it')\nexcept MemoryError:\n    print('refused')\nprint(len(os.sched_getaffinity(0)))"
      ).catch(() => 'killed');
      // By a control group the kernel is ended; by the process's own bound the memory is refused.
      expect(text).not.toContain('got it');
      expect(text + runtime.notes.join('')).toMatch(/refused[^]*for each of its processes|killed/);
    },
    60_000
  );

  it('is refused more than its environment offers', async () => {
    await expect(
      service.client.launch({ environment_name: 'bounded', resources: { memory: '2Gi' } })
    ).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(/at most 1Gi/)
    });
    await expect(
      service.client.launch({ environment_name: 'python', env: { LD_PRELOAD: 'x' } })
    ).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
