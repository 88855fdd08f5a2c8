/**
 * The service is killed at random moments of launch, pause, resume, extend and terminate, with real kernels: afterwards
 * there is no orphan, no lost state, and no runtime that stays where nothing takes it on.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { processesOf } from './support/processes.js';
import { randomFrom } from './support/random.js';
import { TestChannel } from './support/testChannel.js';
import { LONG, sleep, TestService, until } from './support/testService.js';

const SEED = Number(process.env['JUPYTERLAB_RUNTIMES_SEED'] ?? 20261122);
const KILLS = Number(process.env['JUPYTERLAB_RUNTIMES_KILLS'] ?? (LONG ? 200 : 20));
/** Runtimes that there are at the same time, at most. */
const AT_MOST = 2;
const RESTING = new Set(['running', 'paused', 'terminated', 'expired', 'failed']);

describe('a service that is killed at any moment', () => {
  const service = new TestService();
  const random = randomFrom(SEED);
  /** What each runtime's variable has to be. */
  const expected = new Map<string, string>();
  let values = 0;

  beforeAll(() => service.start().then(() => undefined), 30_000);
  afterAll(() => service.dispose(), 60_000);

  const run = async (runtime: IRuntimeResource, code: string): Promise<string> => {
    const channel = new TestChannel(service, runtime);
    try {
      return await channel.run(code);
    } finally {
      channel.close();
    }
  };

  /** Every runtime has come to rest, and what it holds is what it held. */
  async function check(told: string): Promise<IRuntimeResource[]> {
    await until(
      async () => (await service.client.listRuntimes()).every(({ state }) => RESTING.has(state)),
      `every runtime is at rest after ${told}`,
      60_000
    );
    const runtimes = await service.client.listRuntimes();
    expect({ told, failed: runtimes.filter(({ state }) => state === 'failed') }).toEqual({
      told,
      failed: []
    });
    const snapshots = new Set((await service.client.listSnapshots()).map(({ id }) => id));
    for (const runtime of runtimes) {
      if (runtime.state === 'running') {
        const value = expected.get(runtime.id);
        if (value === undefined) {
          expected.set(runtime.id, String(++values));
          await run(runtime, `x = ${values}`);
        } else {
          expect(await run(runtime, 'print(x)')).toBe(`${value}\n`);
        }
      } else if (runtime.state === 'paused') {
        expect(snapshots).toContain(runtime.snapshot_id);
        expect(runtime.kernel).toBeNull();
      }
    }
    const alive = new Set(runtimes.filter(({ state }) => state === 'running').map(({ id }) => id));
    await until(
      () =>
        processesOf(service).every(({ command }) => [...alive].some(id => command.includes(id))),
      `no process is left over after ${told}`
    );
    for (const id of alive) {
      expect(processesOf(service).some(({ command }) => command.includes(id))).toBe(true);
    }
    return runtimes;
  }

  /** Something that may be asked of these runtimes, and how long it takes at most, milliseconds. */
  function choose(runtimes: readonly IRuntimeResource[]): {
    what: string;
    within: number;
    ask: () => Promise<unknown>;
  } {
    const { client } = service;
    const running = runtimes.filter(({ state }) => state === 'running');
    const paused = runtimes.filter(({ state }) => state === 'paused');
    const choices = [
      ...running.flatMap(({ id }) => [
        { what: `pause ${id}`, within: 2500, ask: () => client.pause(id) },
        { what: `extend ${id}`, within: 30, ask: () => client.extend(id, 1) }
      ]),
      ...paused.flatMap(({ id }) => [
        { what: `resume ${id}`, within: 4000, ask: () => client.resume(id) },
        { what: `resume again ${id}`, within: 2000, ask: () => client.resume(id) }
      ]),
      ...(running.length + paused.length < AT_MOST
        ? [
            {
              what: 'launch',
              within: 4000,
              ask: () => client.launch({ environment_name: 'python', reservation_minutes: 60 })
            }
          ]
        : [...running, ...paused].slice(0, 1).map(({ id }) => ({
            what: `terminate ${id}`,
            within: 1000,
            ask: () => client.terminate(id)
          })))
    ];
    return choices[Math.floor(random() * choices.length)];
  }

  it(
    `leaves nothing half done (${KILLS} kills, seed ${SEED})`,
    async () => {
      let runtimes: IRuntimeResource[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const { what, within, ask } = choose(runtimes);
        const wait = random() * within;
        const told = `kill ${kill}: ${what}, after ${Math.round(wait)} ms`;
        // Its answer may never come.
        void ask().catch(() => undefined);
        await sleep(wait);
        await service.signal('SIGKILL');
        await service.start();
        runtimes = await check(told);
      }
      // What is paused comes back with what it held.
      for (const { id, state } of runtimes) {
        if (state === 'paused') {
          await service.client.resume(id);
          const resumed = await service.settled(id);
          expect(await run(resumed, 'print(x)')).toBe(`${expected.get(id)}\n`);
        }
      }
      await check('the end');
    },
    KILLS * 20_000
  );
});

describe('a machine that is started again', () => {
  const service = new TestService({ args: ['--safety-minutes', '0.02'] });
  beforeAll(() => service.start().then(() => undefined), 30_000);
  afterAll(() => service.dispose(), 60_000);

  it('shows every runtime as paused, with the state of its last safety copy', async () => {
    const count = LONG ? 4 : 2;
    const runtimes = await Promise.all(
      Array.from({ length: count }, (_, i) => service.launch(`runtime ${i}`))
    );
    const ids = runtimes.map(({ id }) => id);
    await sleep(1500);
    for (const [i, runtime] of runtimes.entries()) {
      const channel = new TestChannel(service, runtime);
      await channel.run(`import math\nx = [${i}, math]\ny = x`);
      channel.close();
    }
    await until(
      async () => (await service.client.listRuntimes()).every(({ state_as_of: at }) => at !== null),
      'each has a safety copy'
    );
    await service.signal('SIGKILL');
    processesOf(service).forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    await service.start();
    await until(
      async () => (await service.client.listRuntimes()).every(({ state }) => state === 'paused'),
      'all are paused'
    );
    for (const id of ids) {
      const paused = await service.client.getRuntime(id);
      expect(paused.state_reason).toMatch(/^State of \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
      await service.client.resume(id);
    }
    for (const [i, id] of ids.entries()) {
      const channel = new TestChannel(service, await service.settled(id));
      expect(await channel.run('print(x[0], y is x, x[1].pi > 3)')).toBe(`${i} True True\n`);
      channel.close();
    }
  }, 90_000);
});
