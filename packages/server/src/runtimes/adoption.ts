/** What an earlier service of this folder left: living runtimes, half-done work, orphans. Finished, or undone. */
import { END_STATES } from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { afterGap, elapsedMs, type IInstant } from './deadlines.js';
import { planOf } from './newRuntime.js';
import type { ILaunched, ILauncher, ILog, IRelays, IStateKeeper, ISteadyClock } from './ports.js';
import { MINUTE_MS } from './reservation.js';
import type { Runtime } from './runtime.js';
import type { RuntimeLife } from './runtimeLife.js';
import type { RuntimeList } from './runtimeList.js';

export interface IAdoptionOptions {
  readonly list: RuntimeList;
  readonly life: RuntimeLife;
  readonly launcher: ILauncher;
  readonly relays: IRelays;
  readonly keeper: IStateKeeper;
  readonly clock: ISteadyClock;
  readonly log: ILog;
}

/** Time that a runtime keeps at least when nobody could warn its owner, milliseconds. */
const AFTER_GAP_MS = MINUTE_MS;
const WHY_DEAD =
  'Its process ended while the runtime service was away (or the machine was restarted)';

/** Resolves when each runtime is where it belongs, or on its way there. */
export async function adopt(options: IAdoptionOptions): Promise<void> {
  const { list, relays, launcher, log } = options;
  const records = list.records();
  records.forEach(record => list.add(record));
  records
    .filter(({ resource }) => resource.state === 'terminated')
    .forEach(({ resource }) => list.forget(resource.id));
  const ids = new Set(list.all().map(({ id }) => id));
  relays.removeOthers(ids);
  await launcher.endOrphans(ids);
  await Promise.all(
    list.all().map(async runtime => {
      try {
        await adoptOne(runtime, options);
      } catch (error) {
        // One that can't be taken over must not keep the others from it.
        log.error({ err: error, runtime: runtime.id }, 'A runtime could not be taken over.');
        options.life.died(runtime, `${WHY_DEAD}: ${toRuntimeError(error).message}`);
      }
    })
  );
}

/**
 * | found             | process lives           | it does not                              |
 * |-------------------|-------------------------|------------------------------------------|
 * | requested … starting | the launch goes on   | the launch begins anew                   |
 * | running           | taken over              | paused with the last state, else failed  |
 * | pausing, stored   | it is ended: paused     | paused                                   |
 * | pausing, not stored | taken over, running   | paused with the last state, else failed  |
 * | resuming          | ended; resumed anew     | resumed anew                             |
 * | terminating       | ended                   | ended                                    |
 */
async function adoptOne(runtime: Runtime, options: IAdoptionOptions): Promise<void> {
  const { life, launcher, clock } = options;
  const { resource, handle } = runtime.record;
  if (END_STATES.includes(resource.state) || resource.state === 'paused') {
    return;
  }
  if (resource.state === 'terminating') {
    life.end(runtime, runtime.life.ends_as ?? 'terminated', resource.state_reason);
    return;
  }
  if (resource.state === 'resuming') {
    await launcher.end(runtime.id, handle);
    runtime.update({ kernel: null }, { handle: null });
    await startAgain(runtime, options);
    return;
  }
  if (resource.state === 'pausing' && runtime.life.paused_with !== null) {
    await life.rest(runtime, resource.state_reason);
    return;
  }
  const launched = await launcher.adopt(runtime.id, handle);
  if (resource.state !== 'running' && resource.state !== 'pausing') {
    if (!launched) {
      await launcher.end(runtime.id, handle);
    }
    await startAgain(runtime, options, launched);
    return;
  }
  if (!launched || !resource.kernel) {
    life.died(runtime, `${WHY_DEAD}: launch again.`);
    return;
  }
  const now = clock.instant();
  const { budget } = runtime.life;
  runtime.update(
    { state: 'running', progress: null },
    {},
    {
      budget: budget && afterGap(budget, AFTER_GAP_MS, now),
      active_at: activeAfterGap(runtime, now)
    }
  );
  life.takeOver(runtime, launched);
  life.onTouched(runtime);
}

/** The launch, from where it was or from its beginning. */
async function startAgain(
  runtime: Runtime,
  { life, launcher }: IAdoptionOptions,
  found?: ILaunched
): Promise<void> {
  const { resource } = runtime;
  const environments = await launcher.listEnvironments(resource.owner);
  const environment = environments.find(({ name }) => name === resource.environment_name);
  if (!environment) {
    const reason = `Its environment "${resource.environment_title}" is not there any more: add it again, or choose another.`;
    if (resource.state === 'resuming') {
      await life.rest(runtime, reason);
    } else {
      life.end(runtime, 'failed', reason);
    }
    return;
  }
  void life.start(runtime, planOf(resource, environment, runtime.life.env), found);
}

/** When it was used last; as if later, where its idle time ran out while nobody could say so. */
function activeAfterGap({ resource, life }: Runtime, now: IInstant): IInstant {
  const timeoutMs = (resource.idle?.timeout_seconds ?? Infinity) * 1000;
  const activeAt = life.active_at ?? now;
  const earliest = Math.max(0, timeoutMs - AFTER_GAP_MS);
  return elapsedMs(activeAt, now) <= earliest
    ? activeAt
    : { ...now, wall: now.wall - earliest, steady: now.steady - earliest };
}
