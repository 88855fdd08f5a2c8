import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { IContentSpec } from '@jupyterlab-runtimes/core/environment';

import { Contents } from '../contents.js';

const TEXT = 'a,b\n1,2\n';
const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('contents of an environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-contents-'));
  const kept = join(folder, 'contents');
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    switch (request.url) {
      case '/data.csv':
        response.end(TEXT);
        break;
      case '/large':
        // Without a length: it is only seen while it comes.
        response.write('x'.repeat(600));
        response.end('x'.repeat(600));
        break;
      case '/told':
        response.writeHead(200, { 'content-length': '5000' }).end('x'.repeat(5000));
        break;
      case '/cut':
        response.writeHead(200, { 'content-length': '900' });
        response.write('half of it');
        setTimeout(() => response.destroy(), 50);
        break;
      default:
        response.writeHead(404).end();
    }
  });
  let url = '';
  let homes = 0;
  const contents = new Contents({ folder: kept, env: process.env, fetch, maxDownloadBytes: 1000 });

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function add(
    content: Partial<IContentSpec>,
    owner = 'ada'
  ): Promise<{ notes: string[]; home: string }> {
    const home = join(folder, `home-${++homes}`);
    mkdirSync(home);
    const spec = { name: 'data', ...content };
    const where = { home, workingDirectory: home, isPrivate: true };
    return { notes: await contents.add([spec], {}, owner, where), home };
  }
  /** What was fetched, whole or in part. */
  const fetched = (): string[] => readdirSync(kept);
  const isRoot = process.getuid?.() === 0;
  const readOnly = isRoot ? [expect.stringContaining('runs as root')] : [];

  it('of the web are fetched once, with their digest, and can be read', async () => {
    const content = { source: `${url}/data.csv`, digest: digestOf(TEXT) };
    const { notes, home } = await add(content);
    expect(notes).toEqual(readOnly);
    expect(readFileSync(join(home, 'data'), 'utf8')).toBe(TEXT);
    expect(statSync(join(home, 'data')).mode & 0o222).toBe(0);
    const before = asked;
    expect((await add(content, 'bob')).notes).toEqual(readOnly);
    expect(asked).toBe(before);
  });

  it('that may be written to are each owner’s own', async () => {
    const content = { source: `${url}/data.csv`, permissions: 'rw' };
    const [ada, bob] = [await add(content, 'ada'), await add(content, 'bob')];
    expect([ada.notes, bob.notes]).toEqual([[], []]);
    writeFileSync(join(ada.home, 'data'), 'mine');
    expect(readFileSync(join(bob.home, 'data'), 'utf8')).toBe(TEXT);
    expect(readFileSync(join((await add(content, 'ada')).home, 'data'), 'utf8')).toBe('mine');
  });

  it.each([
    [
      '/data.csv',
      digestOf('other'),
      /Its digest is sha256:[0-9a-f]{64}, and the environment names/
    ],
    ['/large', undefined, /larger than 1000 B/],
    ['/told', undefined, /larger than 1000 B/],
    ['/cut', undefined, /missing: .{5,}\.$/],
    ['/none', undefined, /127\.0\.0\.1:\d+ answered with 404/]
  ])(
    'of the web that are not as they should be (%s) leave a note, and nothing else',
    async (path, digest, note) => {
      const before = fetched();
      const { notes, home } = await add({ source: `${url}${path}`, ...(digest && { digest }) });
      expect(notes).toEqual([expect.stringMatching(note)]);
      expect(readdirSync(home)).toEqual([]);
      expect(fetched()).toEqual(before);
    }
  );

  it('of a server that is not there say so', async () => {
    const { notes } = await add({ source: 'http://127.0.0.1:9/x' });
    expect(notes).toEqual([expect.stringMatching(/is missing: .*(ECONNREFUSED|bad port)/)]);
  });

  it('of a git repository are at the wanted branch; one that is not there leaves nothing', async () => {
    const repository = join(folder, 'repository');
    const git = (...args: string[]): void =>
      void execFileSync('git', [
        '-C',
        repository,
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@b',
        ...args
      ]);
    mkdirSync(repository);
    git('init', '--quiet', '-b', 'main');
    writeFileSync(join(repository, 'file'), 'one');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    git('checkout', '--quiet', '-b', 'later');
    writeFileSync(join(repository, 'file'), 'two');
    git('commit', '--quiet', '-am', 'two');
    git('checkout', '--quiet', 'main');
    const source = `git+file://${repository}`;
    const plain = await add({ source });
    expect(plain.notes).toEqual(readOnly);
    expect(readFileSync(join(plain.home, 'data', 'file'), 'utf8')).toBe('one');
    expect(statSync(join(plain.home, 'data', 'file')).mode & 0o222).toBe(0);
    const later = await add({ source: `${source}@later`, permissions: 'rw' });
    expect(readFileSync(join(later.home, 'data', 'file'), 'utf8')).toBe('two');
    writeFileSync(join(later.home, 'data', 'more'), '');
    const before = fetched();
    const none = await add({ source: `${source}@nowhere` });
    expect(none.notes).toEqual([expect.stringMatching(/is missing: .*nowhere/)]);
    expect(fetched()).toEqual(before);
  });

  it('that are a folder are that folder, and what can’t be enforced is said', async () => {
    const source = join(folder, 'shared');
    mkdirSync(source);
    writeFileSync(join(source, 'x'), '1');
    const open = await add({ source, permissions: 'rw', mount: '/home/jovyan/in/here' });
    expect(open.notes).toEqual([]);
    expect(readFileSync(join(open.home, 'in', 'here', 'x'), 'utf8')).toBe('1');
    expect((await add({ source })).notes).toEqual([
      expect.stringMatching(/can be written to, although it should be read-only/)
    ]);
  });
});
