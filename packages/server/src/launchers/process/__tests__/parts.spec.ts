import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { mountPath } from '../contents.js';
import { ControlGroups } from '../controlGroup.js';
import { Homes } from '../home.js';
import { limit } from '../limits.js';
import { outOfMemory } from '../memoryEnd.js';

const folder = mkdtempSync(join(tmpdir(), 'jlr-parts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder that looks as control groups do: what the system makes in a new group is there beforehand. */
function fakeGroups(version: 1 | 2, id: string): { root: string; own: string; at: string } {
  const root = mkdtempSync(join(folder, 'cgroup-'));
  const name = `jupyterlab-runtimes-${id}`;
  const parent = version === 1 ? join(root, 'memory', 'user') : join(root, 'user');
  const at = join(parent, name);
  mkdirSync(at, { recursive: true });
  if (version === 2) {
    mkdirSync(join(parent, 'service'));
    writeFileSync(join(root, 'cgroup.controllers'), 'cpu memory');
    writeFileSync(join(parent, 'cgroup.subtree_control'), 'cpu memory\n');
  }
  for (const file of ['memory.limit_in_bytes', 'memory.max', 'cpu.max', 'cgroup.procs']) {
    writeFileSync(join(at, file), '');
  }
  const own = version === 1 ? '4:memory:/user\n0::/\n' : '0::/user/service\n';
  return { root, own, at };
}

describe('control groups', () => {
  it.each([
    [1, 'memory.limit_in_bytes'],
    [2, 'memory.max']
  ] as const)('of version %d bound memory and take processes', (version, file) => {
    const { root, own, at } = fakeGroups(version, 'r1');
    const groups = new ControlGroups({ root, own });
    const limits = limit('r1', { memory: '512Mi' }, groups, 'linux');
    expect(limits).toMatchObject({ group: { memory: at }, self: {}, notes: [] });
    expect(readFileSync(join(at, file), 'utf8')).toBe(String(512 * 2 ** 20));
    expect(groups.enter(at, 42)).toBe(true);
    expect(readFileSync(join(at, 'cgroup.procs'), 'utf8')).toBe('42');
  });

  it('that are not there leave the bounds to the process, and notes', () => {
    const none = new ControlGroups({ root: join(folder, 'nothing'), own: '' });
    const limits = limit('r1', { memory: '512Mi', cpu: '500m' }, none, 'linux');
    expect(limits.group).toEqual({});
    expect(limits.self).toEqual({
      JUPYTERLAB_RUNTIMES_MEMORY: String(512 * 2 ** 20),
      JUPYTERLAB_RUNTIMES_CPUS: '1'
    });
    expect(limits.notes).toHaveLength(2);
    const onMac = limit('r1', { memory: '1Gi', 'nvidia.com/gpu': '1' }, none, 'darwin');
    expect(onMac.self).toEqual({});
    expect(onMac.notes.join(' ')).toMatch(/not bounded to 1 GiB.*GPUs of the machine are shared/);
  });

  it.each([
    ['memory.events', 'low 0\noom 3\noom_kill 1\n'],
    ['memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n']
  ])('tell by %s that the memory was at its end', (file, content) => {
    const at = mkdtempSync(join(folder, 'group-'));
    const groups = new ControlGroups({ root: folder, own: '' });
    const watch = { groups, group: at, limitBytes: 2 ** 29 };
    expect(outOfMemory(watch, '', false, Infinity)).toBe('');
    writeFileSync(join(at, file), content);
    expect(outOfMemory(watch, '', false, Infinity)).toMatch(/ran out of memory.*512 MiB/);
  });

  it('are not needed to see it in the log', () => {
    const groups = new ControlGroups({ root: folder, own: '' });
    const watch = { groups, group: undefined, limitBytes: undefined };
    expect(outOfMemory(watch, 'MemoryError: x', false, Infinity)).toMatch(/ran out of memory/);
  });
});

describe('the storage of an owner', () => {
  const homes = new Homes({ dataDir: folder, rootDir: folder, home: 'private' });

  it.each(['..', '.', '../x', 'a/b', 'a\\b', '', '/etc', 'a\0', '-x', 'x'.repeat(101), 'ü', 'a b'])(
    'is never outside of its folder: %j',
    owner => expect(() => homes.storage(owner)).toThrow(/can't be the name of an owner/)
  );

  it('is another one for another owner, whatever the file system makes of names', () => {
    const names = ['ada', 'Ada', 'ADA', 'con', 'nul.txt', 'a.', 'ada@example.org'].map(owner =>
      homes.storage(owner).toLowerCase()
    );
    expect(new Set(names).size).toBe(names.length);
    names.forEach(name => expect(name).toMatch(/[\\/]storage[\\/][a-z0-9][a-z0-9._@-]*$/));
  });

  it('is not put where something else is', () => {
    const home = homes.home('r2');
    writeFileSync(join(home.home, 'persistent'), 'mine');
    expect(homes.addStorage('ada', home)).toEqual([expect.stringMatching(/something else is/)]);
    expect(readFileSync(join(home.home, 'persistent'), 'utf8')).toBe('mine');
    homes.removeOthers(new Set());
    expect(existsSync(home.home)).toBe(false);
  });
});

describe('the place of content', () => {
  it.each([
    ['~/data', '/h/data'],
    ['data/x', '/h/data/x'],
    ['/home/jovyan/data/x', '/h/data/x'],
    ['/root/x', '/h/x'],
    ['/etc/passwd', undefined],
    ['../x', undefined],
    ['~/../x', undefined],
    ['data/../../x', undefined],
    ['/home/jovyan/../../etc', undefined],
    ['~', undefined],
    ['C:\\x', undefined],
    ['..\\x', undefined]
  ])('%j is %j', (mount, path) => expect(mountPath(mount, '/h')).toBe(path));
});
