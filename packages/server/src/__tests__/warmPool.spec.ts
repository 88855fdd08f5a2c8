import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ask } from './support/ask.js';
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
    await until(
      async () => (await ready()) === 1 && (await spares()).length === 1,
      'a spare',
      60_000
    );
    return (await spares())[0];
  }
  async function ready(): Promise<number> {
    const { text } = await ask(service.file.url, { path: '/metrics', token: service.token });
    return Number(/^runtimes_spares (\d+)$/m.exec(text)?.[1]);
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
    // Its kernel was asked for a moment ago, and has yet to start.
    await sleep(2500);
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

describe('a service that is to have spares', () => {
  const service = new TestService({ args: ['--warm', '1', '--warm-after', '0'] });
  const run = join(service.folder, 'run');
  beforeAll(() => service.start().then(() => undefined), 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('has one of each environment before the first launch, which takes it', async () => {
    const metric = async (): Promise<number> => {
      const { text } = await ask(service.file.url, { path: '/metrics', token: service.token });
      return Number(/^runtimes_spares (\d+)$/m.exec(text)?.[1]);
    };
    await until(async () => (await metric()) === 1, 'a spare', 60_000);
    const [spare] = readdirSync(run);
    expect(await service.client.listRuntimes()).toEqual([]);
    const first = await service.launch();
    expect(first).toMatchObject({ id: spare, state: 'running' });
    // What was taken is made again.
    await until(async () => (await metric()) === 1, 'another spare', 60_000);
    const before = readdirSync(run);
    const other = await service.client.launch({ environment_name: 'python', env: { A: '1' } });
    expect(before).not.toContain(other.id);
  }, 120_000);
});
