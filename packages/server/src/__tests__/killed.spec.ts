/**
 * Either kernel, a service, the Jupyter Server or the page is killed at random moments of transfer, pause, resume and
 * snapshots, with real kernels: afterwards the source is whole, or the target is, and no namespace is half restored; nothing waits for ever,
 * and each failure is told in a sentence.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { KernelKills, type KernelVictim, type KernelWork } from './support/killed/kernelKills.js';
import type { Outcome } from './support/killed/outcome.js';
import {
  RuntimeKills,
  type RuntimeVictim,
  type RuntimeWork
} from './support/killed/runtimeKills.js';
import {
  StraightKills,
  type StraightVictim,
  type StraightWork
} from './support/killed/straightKills.js';
import { randomFrom } from './support/random.js';
import { LONG } from './support/testService.js';

const SEED = Number(process.env['JUPYTERLAB_RUNTIMES_SEED'] ?? 20261122);
/** 20 and more in every run, 300 and more in the long one. */
const [KERNEL_KILLS, RUNTIME_KILLS, STRAIGHT_KILLS] = (
  process.env['JUPYTERLAB_RUNTIMES_KILLS'] ?? (LONG ? '180,120,60' : '13,7,5')
)
  .split(',')
  .map(Number);

const KERNEL_KINDS: readonly (readonly [KernelWork, KernelVictim])[] = [
  ['messages', 'target'],
  ['nearby', 'page'],
  ['into the page', 'source'],
  ['messages', 'page'],
  ['out of the page', 'target'],
  ['nearby', 'source'],
  ['into the page', 'page'],
  ['messages', 'source'],
  ['out of the page', 'page'],
  ['nearby', 'target']
];

const RUNTIME_KINDS: readonly (readonly [RuntimeWork, RuntimeVictim])[] = [
  ['pause', 'service'],
  ['resume', 'service'],
  ['pause', 'page'],
  ['resume', 'kernel'],
  ['into the page', 'service'],
  ['load', 'service'],
  ['snapshot', 'kernel'],
  ['pause', 'kernel'],
  ['resume', 'page'],
  ['out of the page', 'service'],
  ['snapshot', 'service'],
  ['load', 'kernel'],
  ['snapshot', 'page'],
  ['load', 'page']
];

const STRAIGHT_KINDS: readonly (readonly [StraightWork, StraightVictim])[] = [
  ['straight', 'target service'],
  ['straight', 'source service'],
  ['straight', 'Jupyter Server'],
  ['straight', 'target kernel'],
  ['straight', 'source kernel']
];

/** What came of the kills, for people. */
function tell(outcomes: ReadonlyMap<string, readonly Outcome[]>): void {
  for (const [kind, all] of outcomes) {
    const counts = [...new Set(all)].map(
      each => `${all.filter(other => other === each).length} ${each}`
    );
    process.stderr.write(`${kind}: ${counts.join(', ')}\n`);
  }
}

/** Each kind in its turn, at moments that the seed chooses. */
async function strike<W extends string, V extends string>(
  kinds: readonly (readonly [W, V])[],
  count: number,
  kill: (work: W, victim: V, random: () => number) => Promise<Outcome>
): Promise<number> {
  const random = randomFrom(SEED);
  const outcomes = new Map<string, Outcome[]>();
  for (let i = 0; i < count; i++) {
    const [work, victim] = kinds[i % kinds.length];
    const kind = `${work}, ${victim} killed`;
    outcomes.set(kind, [...(outcomes.get(kind) ?? []), await kill(work, victim, random)]);
  }
  tell(outcomes);
  return [...outcomes.values()].flat().length;
}

describe('kernels and pages that are killed while variables move', () => {
  let kills: KernelKills;
  beforeAll(async () => {
    kills = await KernelKills.start();
  }, 120_000);
  afterAll(() => kills.stop(), 30_000);

  it(
    `leave source or target whole (${KERNEL_KILLS} kills, seed ${SEED})`,
    async () => {
      const struck = await strike(KERNEL_KINDS, KERNEL_KILLS, (...kind) => kills.kill(...kind));
      expect(struck).toBe(KERNEL_KILLS);
    },
    60_000 + KERNEL_KILLS * 20_000
  );
});

describe('a runtime whose kernel, service or page is killed while its state is kept or brought back', () => {
  let kills: RuntimeKills;
  beforeAll(async () => {
    kills = await RuntimeKills.start();
  }, 120_000);
  afterAll(() => kills.stop(), 60_000);

  it(
    `has what it held, or what it should hold (${RUNTIME_KILLS} kills, seed ${SEED})`,
    async () => {
      const struck = await strike(RUNTIME_KINDS, RUNTIME_KILLS, (...kind) => kills.kill(...kind));
      expect(struck).toBe(RUNTIME_KILLS);
    },
    60_000 + RUNTIME_KILLS * 30_000
  );
});

describe('services, kernels and the Jupyter Server, killed while a state goes straight to another service', () => {
  let kills: StraightKills;
  beforeAll(async () => {
    kills = await StraightKills.start();
  }, 120_000);
  afterAll(() => kills.stop(), 60_000);

  it(
    `leave source or target whole (${STRAIGHT_KILLS} kills, seed ${SEED})`,
    async () => {
      const struck = await strike(STRAIGHT_KINDS, STRAIGHT_KILLS, (...kind) => kills.kill(...kind));
      expect(struck).toBe(STRAIGHT_KILLS);
    },
    60_000 + STRAIGHT_KILLS * 30_000
  );
});
