/** Environments that are folders, of venv and as conda lays them out, with files from an https server of one's own authority. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeCertificates } from './support/certificates.js';
import { execute } from './support/execute.js';
import { PYTHON, TestService } from './support/testService.js';

const TEXT = 'over https\n';
const LOOK = `
import json, os, sys
names = ['CONDA_PREFIX', 'CONDA_DEFAULT_ENV', 'VIRTUAL_ENV', 'FROM_SCRIPT', 'FROM_STATE', 'FROM_MANIFEST']
try:
    text = open(os.path.expanduser('~/data/text')).read()
except OSError as error:
    text = type(error).__name__
print(json.dumps([sys.prefix, os.environ['PATH'].split(os.pathsep)[0], {n: os.environ[n] for n in names if n in os.environ}, text]))`;

/** A venv that has what the clone's has, without installing it. */
function makeVenv(folder: string): void {
  execFileSync(PYTHON, ['-m', 'venv', '--without-pip', folder]);
  const print = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
  const [own, good] = [join(folder, 'bin', 'python'), PYTHON].map(each =>
    execFileSync(each, ['-c', print], { encoding: 'utf8' }).trim()
  );
  writeFileSync(join(own, 'good.pth'), good);
}

/** As conda has it, but for its packages: its Python is the one of the venv. */
function makeConda(folder: string, venv: string): void {
  makeVenv(folder);
  rmSync(join(folder, 'bin', 'python'));
  symlinkSync(join(venv, 'bin', 'python'), join(folder, 'bin', 'python'));
  mkdirSync(join(folder, 'conda-meta'));
  writeFileSync(join(folder, 'conda-meta', 'history'), '');
  writeFileSync(join(folder, 'conda-meta', 'state'), '{"env_vars": {"FROM_STATE": "s t"}}');
  const scripts = join(folder, 'etc', 'conda', 'activate.d');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(
    join(scripts, 'x.sh'),
    'export FROM_SCRIPT="$CONDA_PREFIX/share"\nexport FROM_MANIFEST=script\n'
  );
}

const describeWhere = process.platform === 'win32' ? describe.skip : describe;

describeWhere('environments that are folders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-envs-'));
  const { authority, key, certificate } = makeCertificates(folder);
  const [venv, conda] = [join(folder, 'venv'), join(folder, 'science')];
  const service = new TestService({
    args: ['--home', 'private'],
    // Started as from a shell with an environment of its own, which is none of the runtimes'.
    env: { NODE_EXTRA_CA_CERTS: authority, VIRTUAL_ENV: '/of/the/service', CONDA_PREFIX: '/too' }
  });
  let server: Server;

  beforeAll(async () => {
    server = createServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (_request, response) => void response.end(TEXT)
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    makeVenv(venv);
    makeConda(conda, venv);
    const source = `https://127.0.0.1:${(server.address() as AddressInfo).port}/text`;
    const digest = (text: string): string =>
      `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const head = (name: string): string =>
      `apiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata: { name: ${name} }\nspec:\n  title: ${name}\n`;
    const content = (text: string): string =>
      `  contents: [{ name: text, mount: ~/data/text, source: '${source}', digest: '${digest(text)}' }]\n`;
    const environments = join(service.folder, 'environments');
    mkdirSync(environments);
    writeFileSync(
      join(environments, 'all.yaml'),
      [
        `${head('venv')}  process: { prefix: '${venv}' }\n${content(TEXT)}`,
        `${head('conda')}  conda: { environment: '${conda}' }\n  env: [{ name: FROM_MANIFEST, value: manifest }]\n${content('other')}`
      ].join('---\n')
    );
    await service.start();
  }, 60_000);
  afterAll(async () => {
    server.close();
    await service.dispose();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  async function look(
    name: string
  ): Promise<{ seen: [string, string, Record<string, string>, string]; notes: readonly string[] }> {
    const { id } = await service.client.launch({ environment_name: name });
    const runtime = await service.settled(id);
    expect(runtime).toMatchObject({ state: 'running' });
    const seen = JSON.parse(await execute(service, runtime, LOOK)) as [
      string,
      string,
      Record<string, string>,
      string
    ];
    return { seen, notes: runtime.notes };
  }

  it('of venv run their Python, with their programs first, and have what came over https', async () => {
    const { seen } = await look('venv');
    expect(seen).toEqual([venv, join(venv, 'bin'), { VIRTUAL_ENV: venv }, TEXT]);
  }, 60_000);

  it('of conda are activated, and a file that is not the named one is told and not there', async () => {
    const { seen, notes } = await look('conda');
    expect(seen.slice(1)).toEqual([
      join(conda, 'bin'),
      {
        CONDA_PREFIX: conda,
        CONDA_DEFAULT_ENV: 'science',
        FROM_SCRIPT: join(conda, 'share'),
        FROM_STATE: 's t',
        FROM_MANIFEST: 'manifest'
      },
      'FileNotFoundError'
    ]);
    expect(notes.join(' ')).toMatch(/"text" is missing: Its digest is sha256:/);
  }, 60_000);
});
