/** What is done when a runtime's time is up: carefully first, and for good when the grace is over too. */
import type { EndAction } from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { prolonged, running } from './deadlines.js';
import type { Due } from './dueNow.js';
import type { EndCause } from './lifeRecord.js';
import { listOf } from './loss.js';
import type { Once } from './mark.js';
import type { ILog, IStateKeeper, ISteadyClock } from './ports.js';
import { extended, inWords, MINUTE_MS } from './reservation.js';
import { stateOf } from './resting.js';
import type { Runtime } from './runtime.js';
import type { RuntimeLife } from './runtimeLife.js';
import type { StateActions } from './stateActions.js';
import type { ITimeActs } from './timekeeper.js';

export interface IEndOfTimeOptions {
  readonly life: RuntimeLife;
  readonly actions: StateActions;
  readonly keeper: IStateKeeper;
  readonly clock: ISteadyClock;
  readonly log: ILog;
  readonly graceMs: number;
  /** The last capture, after the grace, takes at most, milliseconds. */
  readonly lastCaptureMs: number;
}

const WHY: Record<EndCause, (runtime: Runtime) => string> = {
  expiry: ({ resource }) => `Its time of ${inWords(resource.reservation?.minutes ?? 0)} was up.`,
  idle: ({ resource }) =>
    `Nothing ran in it for ${inWords((resource.idle?.timeout_seconds ?? 0) / 60)}.`
};

export class EndOfTime implements ITimeActs {
  constructor(private readonly _options: IEndOfTimeOptions) {}

  async act(runtime: Runtime, due: Due): Promise<void> {
    switch (due.kind) {
      case 'extend':
        extend(runtime, due.minutes);
        return;
      case 'copy':
        await this._options.actions.copy(runtime);
        return;
      case 'grace':
        this._giveGrace(runtime, due.cause, 'A cell still runs, and may finish first.', true);
        return;
      case 'end':
        await this._end(runtime, due.cause, due.action);
        return;
      case 'force':
        await this._force(runtime, due.cause, due.action);
    }
  }

  private async _end(runtime: Runtime, cause: EndCause, action: EndAction): Promise<void> {
    const why = WHY[cause](runtime);
    if (action === 'terminate') {
      this._options.life.end(runtime, 'expired', `${why} It ended, as chosen.`);
      return;
    }
    try {
      await this._options.actions.pause(runtime, {
        reason: `${why} Its variables are kept.`
      });
    } catch (error) {
      const { message } = toRuntimeError(error);
      this._options.log.warn({ err: error, runtime: runtime.id }, 'A runtime gets its grace.');
      this._giveGrace(runtime, cause, message, false);
    }
  }

  /** Grace that is running already goes on; what holds it up may be something else now. */
  private _giveGrace(runtime: Runtime, cause: EndCause, why: string, waitsForCell: boolean): void {
    if (runtime.resource.state !== 'running') {
      return;
    }
    const { clock, graceMs } = this._options;
    const left = runtime.life.grace?.left ?? running(graceMs, clock.instant());
    runtime.updateLife({ grace: { cause, left, why, waits_for_cell: waitsForCell } });
  }

  private async _force(runtime: Runtime, cause: EndCause, action: EndAction): Promise<void> {
    const why = [WHY[cause](runtime), runtime.life.grace?.why ?? ''].filter(Boolean).join(' ');
    const outcome =
      action === 'terminate' ? 'It ended, as chosen.' : await this._lastCapture(runtime);
    this._options.life.end(runtime, 'expired', `${why} ${outcome}`);
  }

  /** @returns What was lost and what was kept. */
  private async _lastCapture(runtime: Runtime): Promise<string> {
    const { keeper, lastCaptureMs, log, clock } = this._options;
    const { kernel, isExecuting } = runtime;
    const { owner } = runtime.resource;
    const late = new AbortController();
    const timer = clock.after(lastCaptureMs, () => late.abort());
    try {
      if (!kernel) {
        throw new Error('It has no kernel.');
      }
      const snapshot = await keeper.keep(kernel, {
        kind: 'pause',
        mode: isExecuting ? 'now' : 'boundary',
        signal: AbortSignal.any([late.signal, runtime.ending.signal])
      });
      runtime.update({ snapshot_id: snapshot.id, state_as_of: snapshot.created_at });
      const lost = snapshot.skipped.length > 0 ? `Lost: ${listOf(snapshot.skipped)}.` : '';
      const cut = isExecuting ? 'The cell that ran was cut off.' : '';
      return [
        `Kept: ${snapshot.variables} variables, in the snapshot "${snapshot.name}".`,
        lost,
        cut
      ]
        .filter(Boolean)
        .join(' ');
    } catch (error) {
      log.warn({ err: error, runtime: runtime.id }, 'The last state could not be kept.');
      const cause = late.signal.aborted
        ? `It took longer than ${inWords(lastCaptureMs / MINUTE_MS)}.`
        : toRuntimeError(error).message;
      const latest = keeper.latest(owner, runtime.id);
      return latest
        ? `Its last state could not be kept: ${cause} Kept: ${stateOf(latest)} What ran after that is lost.`
        : `Its state could not be kept, and is lost: ${cause}`;
    } finally {
      timer.dispose();
    }
  }
}

/** Give a reservation more minutes; grace of its end is over then.
 *  @param once The request that asks for it.
 *  @throws RuntimeError INVALID_REQUEST when that is more than the maximum. */
export function extend(runtime: Runtime, minutes: number, once?: Once): void {
  const { reservation, given_name: givenName } = runtime.resource;
  const { budget, grace } = runtime.life;
  if (!reservation || !budget) {
    return;
  }
  const longer = extended(reservation, minutes, givenName);
  const more = prolonged(budget, minutes * MINUTE_MS);
  runtime.update(
    {
      reservation: {
        ...longer,
        remaining_seconds:
          more.since === null && longer.remaining_seconds !== null
            ? Math.round(more.left_ms / 1000)
            : null
      }
    },
    {},
    { budget: more, grace: grace?.cause === 'expiry' ? null : grace },
    once
  );
}
