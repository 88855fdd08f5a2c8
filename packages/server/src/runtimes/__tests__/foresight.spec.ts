import { describe, expect, it } from '@jest/globals';

import { foresee } from '../foresight.js';
import type { ILaunchPlan } from '../ports.js';
import { FakeClock } from './support/fakeClock.js';
import { ENVIRONMENT, OWNER } from './support/fakes.js';

const GIB = 1024 ** 3;

async function foreseen(
  availableBytes: number,
  seconds: number
): Promise<{ names: string[]; plans: ILaunchPlan[]; logged: string[] }> {
  const clock = new FakeClock();
  const plans: ILaunchPlan[] = [];
  const logged: string[] = [];
  const note = (_fields: object, message: string): void => void logged.push(message);
  foresee({
    pool: { foresee: async plan => void plans.push(plan) },
    environments: async () => [
      ENVIRONMENT,
      {
        ...ENVIRONMENT,
        name: 'science',
        resource_ranges: { default: { requests: { memory: '1Gi' }, limits: {} } }
      },
      { ...ENVIRONMENT, name: 'broken', available: false, unavailable_reason: 'It is not there.' }
    ],
    owner: OWNER,
    clock,
    log: { debug: note, info: note, warn: note, error: note },
    afterMs: 20_000,
    availableBytes: () => availableBytes
  });
  await clock.pass(seconds * 1000);
  return { names: plans.map(({ environment }) => environment.name), plans, logged };
}

describe('spares before the first launch', () => {
  it('are asked for once start-up is over, of every environment that can run', async () => {
    expect((await foreseen(8 * GIB, 19)).names).toEqual([]);
    const { names, plans } = await foreseen(8 * GIB, 21);
    expect(names).toEqual(['python', 'science']);
    expect(plans[0]).toEqual({
      owner: OWNER,
      environment: ENVIRONMENT,
      env: {},
      resources: {},
      persistentStorage: false
    });
  });

  it('wait for a launch where memory is short, and that is logged', async () => {
    const { names, logged } = await foreseen(GIB, 21);
    expect(names).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('Memory is short')]);
  });
});
