import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import type { INewToken, IRuntimeResource, ISnapshotResource } from '@jupyterlab-runtimes/core';

import { TestService } from '../../../server/src/__tests__/support/testService.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../../..');

describe('the command line with a service that runs', () => {
  const service = new TestService();
  const bundle = join(
    ROOT,
    '.cache',
    'service-under-test',
    `commands-${process.env['JEST_WORKER_ID'] ?? ''}.mjs`
  );

  beforeAll(async () => {
    await run(process.execPath, [join(ROOT, 'packages/cli/build.mjs'), bundle]);
    await service.start();
  }, 40_000);
  afterAll(() => service.dispose(), 30_000);

  /** @throws Error with what it printed, when it fails. */
  async function cli(...args: string[]): Promise<string> {
    const all = [bundle, ...args, '--data-dir', service.folder];
    return (await run(process.execPath, all)).stdout;
  }

  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await cli(...args, '--json')) as T;

  it('launches with all that can be chosen, and shows what is left of the time', async () => {
    const runtime = await json<IRuntimeResource>(
      ...['launch', 'python', '--name', 'Analysis', '--minutes', '60', '--on-expiry', 'terminate'],
      ...['--idle', '30', '--on-idle', 'pause', '--env', 'COLOUR=red', '--env', 'SIZE=a=b'],
      ...['--label', 'project=moon']
    );
    expect(runtime).toMatchObject({
      state: 'running',
      given_name: 'Analysis',
      labels: { project: 'moon' },
      reservation: { minutes: 60, on_expiry: 'terminate' },
      idle: { timeout_seconds: 1800, action: 'pause' }
    });
    expect(await cli('ls')).toMatch(/Analysis +python +running +\w+ +(59 min|1 h)/);
  }, 60_000);

  it('extends, renames and shows the log', async () => {
    expect(await cli('extend', 'Analysis', '60')).toMatch(/is running \((1 h 59 min|2 h) left\)/);
    expect(await cli('rename', 'Analysis', 'Study')).toMatch(/^Study /);
    const lines = (await cli('logs', 'Study', '--tail', '3')).trim().split('\n');
    expect(lines.length).toBe(3);
  }, 30_000);

  it('changes what happens at the end of its time, and when it is idle', async () => {
    const changed = await json<IRuntimeResource>(
      ...['change', 'Study', '--on-expiry', 'pause', '--idle', '45', '--on-idle', 'terminate']
    );
    expect(changed).toMatchObject({
      reservation: { on_expiry: 'pause' },
      idle: { timeout_seconds: 2700, action: 'terminate' }
    });
    expect(await json('change', 'Study', '--idle', '0')).toMatchObject({ idle: null });
    await expect(cli('change', 'Study')).rejects.toMatchObject({
      stderr: expect.stringContaining('Nothing is to be changed')
    });
  }, 30_000);

  it('saves, exports, imports, restores and deletes variables', async () => {
    const taken = await json<ISnapshotResource>('snapshots', 'create', 'Study', '--name', 'First');
    expect(taken).toMatchObject({ name: 'First', kind: 'manual' });
    const file = join(service.rootDir, 'first.jrs');
    await cli('snapshots', 'export', 'First', file);
    expect(statSync(file).size).toBeGreaterThan(100);
    await cli('snapshots', 'rename', 'First', 'Second');
    const brought = await json<ISnapshotResource>('snapshots', 'import', file);
    expect(brought).toMatchObject({ name: 'first' });
    expect(await cli('snapshots', 'ls')).toMatch(/Second[\s\S]*first/);
    expect(await cli('snapshots', 'restore', taken.id, 'Study')).toContain('are in Study');
    for (const id of [taken.id, brought.id]) {
      await cli('snapshots', 'delete', id);
    }
    expect(await cli('snapshots', 'ls')).toBe('No snapshots.\n');
  }, 60_000);

  it('pauses and resumes', async () => {
    expect(await cli('pause', 'Study')).toMatch(/is paused/);
    expect(await cli('resume', 'Study')).toMatch(/is running/);
  }, 90_000);

  it('makes tokens for others, and takes them back', async () => {
    const token = await json<INewToken>('tokens', 'create', 'ada', '--scope', 'read');
    expect(token).toMatchObject({ owner: 'ada', scopes: ['read'] });
    const list = await cli('tokens', 'ls');
    expect(list).toMatch(new RegExp(`${token.id} +ada +read`));
    expect(list).not.toContain(token.token);
    await cli('tokens', 'delete', token.id);
    expect(await cli('tokens', 'ls')).toMatch(/^No tokens/);
  }, 30_000);

  it('says what is wrong, before it asks the service', async () => {
    for (const [args, message] of [
      [['launch', 'python', '--minutes', 'long'], /number of minutes above 0/],
      [['launch', 'python', '--env', 'X'], /a name and a value/],
      [['snapshots', 'import', join(service.rootDir, 'none.jrs')], /none\.jrs can't be used/],
      [['snapshots', 'delete', 'nothing'], /SNAPSHOT_NOT_FOUND/]
    ] as const) {
      await expect(cli(...args)).rejects.toMatchObject({
        stderr: expect.stringMatching(message)
      });
    }
  }, 30_000);
});
