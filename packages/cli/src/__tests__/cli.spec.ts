import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { makeCertificates } from '../../../server/src/__tests__/support/certificates.js';
import { embeddedDataDir, jupyterConfigDir, jupyterDataDir } from '../jupyterPaths.js';
import { age, table } from '../output.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../../..');

interface IResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-cli-'));
  const bundle = join(
    ROOT,
    '.cache',
    'service-under-test',
    `cli-${process.env['JEST_WORKER_ID'] ?? ''}.mjs`
  );
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === 'Bearer right';
    const info = { version: '0.1.0', api_version: '1.0', user: 'ada' };
    const body = isKnown ? info : { code: 'UNAUTHORIZED', detail: 'The token is wrong.' };
    response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(body));
  });
  let url: string;

  beforeAll(async () => {
    await run(process.execPath, [join(ROOT, 'packages/cli/build.mjs'), bundle]);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 20_000);
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function cli(args: readonly string[], input = ''): Promise<IResult> {
    const env = { ...process.env, JUPYTER_CONFIG_DIR: folder, JUPYTER_DATA_DIR: folder };
    const running = run(process.execPath, [bundle, ...args], { env });
    running.child.stdin?.end(input);
    try {
      return { code: 0, ...(await running) };
    } catch (error) {
      return error as IResult;
    }
  }

  it('keeps the token of a service that it could log in to in a private file', async () => {
    const { code, stdout, stderr } = await cli(
      ['login', 'gpu', `${url}/`, '--token-stdin'],
      'right\n'
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Logged in to gpu');
    const path = join(folder, 'runtimes', 'services.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      services: [{ name: 'gpu', label: 'gpu', url, token: 'right' }]
    });
    if (process.platform !== 'win32') {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, 'runtimes')).mode & 0o777).toBe(0o700);
    }
  });

  it('keeps what it had when a token is refused, and shows no token', async () => {
    const { code, stderr } = await cli(['login', 'gpu', url, '--token-stdin'], 'wrong');
    expect(code).toBe(1);
    expect(stderr).toContain('UNAUTHORIZED: The token is wrong.');
    const { stdout } = await cli(['services']);
    expect(stdout).toMatch(/gpu +gpu +http.* ok/);
    expect(stdout).toMatch(/embedded .*UNREACHABLE/);
    expect(stdout).not.toContain('right');
  });

  it('logs in to a service that an authority of its own vouches for, and keeps that', async () => {
    const { authority, key, certificate } = makeCertificates(folder);
    const secure = createSecureServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (request, response) => void server.emit('request', request, response)
    );
    await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
    try {
      const secureUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
      const login = ['login', 'secure', secureUrl, '--token-stdin'];
      const refused = await cli(login, 'right');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/UNREACHABLE: .*not trusted.*--ca-file/);
      const { code, stderr } = await cli([...login, '--ca-file', authority], 'right');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const kept = JSON.parse(
        readFileSync(join(folder, 'runtimes', 'services.json'), 'utf8')
      ) as Record<'services', unknown[]>;
      expect(kept.services).toContainEqual(expect.objectContaining({ ca_file: authority }));
      expect((await cli(['services'])).stdout).toMatch(/secure +secure +https.* ok/);
      expect((await cli([...login, '--ca-file', 'none.pem'], 'right')).stderr).toMatch(
        /INVALID_REQUEST: The file .*none\.pem can't be used \(ENOENT\)/
      );
    } finally {
      secure.close();
      await cli(['logout', 'secure']);
    }
  });

  it.each([
    [['login', 'Not A Name', 'http://x'], /can't be the name/],
    [['login', 'x', 'ftp://x', '--token-stdin'], /no address/],
    [['login', 'x', 'http://u:p@x', '--token-stdin'], /must not hold/],
    [['ls'], /UNREACHABLE: No runtime service runs/],
    [['ls', '--service', 'unknown'], /NOT_FOUND: .*known: gpu/],
    [['logout', 'unknown'], /NOT_FOUND/]
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stderr } = await cli(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('checks manifests without any service, and names file, line and remedy', async () => {
    const head = 'apiVersion: datalayer.io/v1\nkind: RuntimeEnvironment\nmetadata: { name: a }\n';
    writeFileSync(join(folder, 'good.yaml'), `${head}spec: { title: A }\n`);
    writeFileSync(join(folder, 'bad.yaml'), `${head}spec:\n  tags: x\n`);
    expect(await cli(['environments', 'validate', join(folder, 'good.yaml')])).toMatchObject({
      code: 0,
      stdout: '1 file is valid.\n'
    });
    const { code, stderr } = await cli(['environments', 'validate', folder]);
    expect(code).toBe(1);
    expect(stderr).toContain('bad.yaml:5:9: error: spec.tags: It must be a list');
  });

  it('forgets a service', async () => {
    expect((await cli(['logout', 'gpu'])).stdout).toContain('Logged out');
    expect((await cli(['services'])).stdout).not.toContain('gpu');
  });
});

describe("Jupyter's folders", () => {
  it.each([
    [{}, 'linux', '/h/.jupyter', '/h/.local/share/jupyter'],
    [{ XDG_DATA_HOME: '/x' }, 'linux', '/h/.jupyter', '/x/jupyter'],
    [{}, 'darwin', '/h/.jupyter', '/h/Library/Jupyter'],
    [{ APPDATA: '/a' }, 'win32', '/h/.jupyter', '/a/jupyter'],
    [{ JUPYTER_PLATFORM_DIRS: '1' }, 'linux', '/h/.config/jupyter', '/h/.local/share/jupyter'],
    [{ JUPYTER_CONFIG_DIR: '/c', JUPYTER_DATA_DIR: '/d' }, 'linux', '/c', '/d']
  ] as const)('are found with %j on %s', (env, platform, config, data) => {
    expect(jupyterConfigDir(env, platform, '/h')).toBe(config);
    expect(jupyterDataDir(env, platform, '/h')).toBe(data);
  });

  it('hold the embedded service, unless a variable names another folder', () => {
    expect(embeddedDataDir({ JUPYTER_DATA_DIR: '/d' })).toBe(join('/d', 'runtimes'));
    expect(embeddedDataDir({ JUPYTERLAB_RUNTIMES_DATA_DIR: '/e' })).toBe('/e');
  });
});

describe('tables', () => {
  it('have columns of one width, and ages in one unit', () => {
    expect(table(['A', 'LONG'], [['xyz', 'b']])).toBe('A    LONG\nxyz  b');
    const now = new Date('2026-01-02T00:00:00Z');
    const ages = ['2026-01-01T23:59:57Z', '2026-01-01T23:30:00Z', '2025-12-30T00:00:00Z', null];
    expect(ages.map(each => age(each, now))).toEqual(['3 s', '30 min', '3 d', '–']);
  });
});
