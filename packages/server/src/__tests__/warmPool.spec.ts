import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { execute } from './support/execute.js';
import { sleep, TestService, until } from './support/testService.js';

describe('the warm pool', () => {
  const service = new TestService({ args: ['--warm', '1'] });
  const run = join(service.folder, 'run');

  /** Ids of runtimes that have a kernel and that nobody has asked for. */
  async function spares(): Promise<string[]> {
    const known = new Set((await service.client.listRuntimes()).map(({ id }) => id));
    return (existsSync(run) ? readdirSync(run) : []).filter(
      id => !known.has(id) && readdirSync(join(run, id)).some(name => name.startsWith('kernel-'))
    );
  }
  async function untilSpare(): Promise<string> {
    await until(async () => (await spares()).length === 1, 'a spare', 60_000);
    await sleep(2500);
    return (await spares())[0];
  }

  beforeAll(async () => {
    await service.start();
  }, 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('gives a launch that is like the one before a runtime that is there already', async () => {
    expect(await spares()).toEqual([]);
    const before = Date.now();
    const first = await service.launch();
    const coldMs = Date.now() - before;
    const spare = await untilSpare();
    expect(spare).not.toBe(first.id);
    const since = Date.now();
    const second = await service.launch();
    const warmMs = Date.now() - since;
    expect(second.id).toBe(spare);
    expect(second).toMatchObject({ state: 'running', kernel: { name: 'python3' } });
    expect((await execute(service, second, 'print(6 * 7)')).trim()).toBe('42');
    expect(warmMs).toBeLessThan(coldMs / 2);
  }, 120_000);

  it('serves no launch that differs in anything', async () => {
    const spare = await untilSpare();
    const { id } = await service.client.launch({ environment_name: 'python', env: { A: '1' } });
    expect(id).not.toBe(spare);
    const other = await service.settled(id);
    expect((await execute(service, other, "import os; print(os.environ['A'])")).trim()).toBe('1');
    // The latest launch counts: the spare of the other kind ends.
    await until(() => !existsSync(join(run, spare)), 'the end of the old spare', 30_000);
  }, 120_000);

  it('starts another when a spare dies, and ends its spares with the service', async () => {
    const spare = await untilSpare();
    process.kill(Number(readFileSync(join(run, spare, 'pid'), 'utf8')), 'SIGKILL');
    await until(() => !existsSync(join(run, spare)), 'the end of the dead spare', 30_000);
    expect(await untilSpare()).not.toBe(spare);
    const ids = (await service.client.listRuntimes()).map(({ id }) => id);
    await service.signal('SIGTERM');
    expect(readdirSync(run).filter(id => !ids.includes(id))).toEqual([]);
    await service.start();
  }, 120_000);

  it('leaves no spare behind when the service is killed', async () => {
    await service.launch();
    const spare = await untilSpare();
    await service.signal('SIGKILL');
    await service.start();
    expect(existsSync(join(run, spare))).toBe(false);
  }, 120_000);
});
