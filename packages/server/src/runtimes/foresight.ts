/** Spares for the first launch of each environment: begun when the service has started, and where there is memory for them. */
import type { IEnvironment } from '@jupyterlab-runtimes/core';

import { planFor } from './newRuntime.js';
import type { ILog, ISteadyClock } from './ports.js';
import type { WarmPool } from './warmPool.js';

export interface IForesightOptions {
  readonly pool: Pick<WarmPool, 'foresee'>;
  /** What this owner can launch. */
  readonly environments: (owner: string) => Promise<readonly IEnvironment[]>;
  readonly owner: string;
  readonly clock: ISteadyClock;
  readonly log: ILog;
  /** Nothing is looked at before, milliseconds: the service, and who started it, have the machine for themselves. */
  readonly afterMs: number;
  /** Memory that programs could have, bytes. */
  readonly availableBytes: () => number;
}

/** With less, spares wait for a launch, bytes: one takes about 120 MB, and the user's work comes first. */
const LEAST_BYTES = 2 * 1024 ** 3;

/** @returns Ends it, if it has not begun. */
export function foresee(options: IForesightOptions): { dispose(): void } {
  const { clock, log, afterMs } = options;
  return clock.after(afterMs, () => {
    look(options).catch((error: unknown) =>
      log.warn({ err: error }, 'No spare runtimes are started ahead of a launch.')
    );
  });
}

async function look({
  pool,
  environments,
  owner,
  log,
  availableBytes
}: IForesightOptions): Promise<void> {
  const available = availableBytes();
  if (available < LEAST_BYTES) {
    log.info({ available }, 'Memory is short: spare runtimes wait for a launch.');
    return;
  }
  for (const environment of await environments(owner)) {
    if (environment.available) {
      await pool.foresee(planFor(owner, { environment_name: environment.name }, environment), 0);
    }
  }
}
