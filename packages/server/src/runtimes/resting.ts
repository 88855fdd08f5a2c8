/** What a runtime is while it has no process. */
import type { IRuntimeResource, ISnapshotResource } from '@jupyterlab-runtimes/core';

import { leftMs, stopped, type IInstant } from './deadlines.js';
import type { ILifeRecord } from './lifeRecord.js';
import type { Runtime } from './runtime.js';

export interface IResting {
  readonly resource: Partial<IRuntimeResource>;
  readonly life: Partial<ILifeRecord>;
}

/**
 * A runtime that is paused with this state: its clock stands still.
 *
 * @param snapshot undefined: the one that it is known by already.
 */
export function resting(
  runtime: Runtime,
  snapshot: ISnapshotResource | undefined,
  reason: string,
  now: IInstant
): IResting {
  const { reservation, idle } = runtime.resource;
  const { budget } = runtime.life;
  const left = budget && Math.max(0, leftMs(budget, now));
  return {
    resource: {
      state: 'paused',
      state_reason: reason,
      progress: null,
      kernel: null,
      other_kernels: 0,
      expires_at: null,
      warning: null,
      reservation: reservation && {
        ...reservation,
        remaining_seconds: left === null ? null : Math.round(left / 1000)
      },
      idle: idle && { ...idle, ends_at: null },
      ...(snapshot ? { snapshot_id: snapshot.id, state_as_of: snapshot.created_at } : {})
    },
    life: {
      budget: budget && { ...stopped(budget, now), left_ms: left ?? 0 },
      active_at: null,
      grace: null,
      paused_with: null,
      ran_since_copy: false
    }
  };
}

/** `State of 2026-11-22 03:05 UTC.` */
export const stateOf = (snapshot: ISnapshotResource): string =>
  `State of ${snapshot.created_at.slice(0, 16).replace('T', ' ')} UTC.`;

/** A sentence about what is gone, after a death: '' when the state is a pause's, complete. */
export const sinceThen = (snapshot: ISnapshotResource): string =>
  snapshot.kind === 'safety' ? 'What ran after that is lost.' : '';
