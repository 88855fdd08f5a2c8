/** All deadlines of all runtimes: one timer, which looks at what is due next. */
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IRuntimeResource, IRuntimeWarning } from '@jupyterlab-runtimes/core';

import { dueNow, type Due, type IDecision, type ITimeRules } from './dueNow.js';
import type { ILog, ISteadyClock } from './ports.js';
import type { Runtime } from './runtime.js';

/** What is done when something is due. */
export interface ITimeActs {
  act(runtime: Runtime, due: Due): Promise<void>;
}

export interface ITimekeeperOptions {
  readonly all: () => readonly Runtime[];
  readonly rules: ITimeRules;
  readonly clock: ISteadyClock;
  readonly acts: ITimeActs;
  readonly somebodyWaits: () => boolean;
  readonly log: ILog;
}

/** Looks at least so often, milliseconds: shown times follow a clock that was set. */
const LONGEST_LOOK_MS = 30_000;
const SHORTEST_LOOK_MS = 20;
/** Times that differ by less are the same, milliseconds. */
const SAME_MS = 2000;

export class Timekeeper {
  constructor(private readonly _options: ITimekeeperOptions) {}

  /** Look at all runtimes, now and from now on. */
  begin(): void {
    this._lookAtAll();
  }

  /** Something happened to this runtime: look at it now. */
  touch(runtime: Runtime): void {
    if (this._isDisposed) {
      return;
    }
    this._arm(this._look(runtime));
  }

  /** From now on nothing is due. */
  dispose(): void {
    this._isDisposed = true;
    this._timer?.dispose();
  }

  private _lookAtAll(): void {
    if (this._isDisposed) {
      return;
    }
    this._timer?.dispose();
    this._timer = undefined;
    let next = LONGEST_LOOK_MS;
    for (const runtime of this._options.all()) {
      next = Math.min(next, this._look(runtime));
    }
    this._arm(next);
  }

  /** @returns After how many milliseconds to look again. */
  private _look(runtime: Runtime): number {
    if (runtime.resource.state !== 'running') {
      this._executing.delete(runtime);
      return Infinity;
    }
    const { clock, rules, somebodyWaits } = this._options;
    const now = clock.instant();
    const { isExecuting } = runtime;
    if (!isExecuting && this._executing.delete(runtime)) {
      // The end of a cell: from now on nothing happens.
      runtime.updateLife({ active_at: now });
    } else if (isExecuting) {
      this._executing.add(runtime);
      this._waitForCell(runtime);
    }
    const decision = dueNow(
      {
        resource: runtime.resource,
        life: runtime.life,
        isExecuting,
        somebodyWaits: somebodyWaits(),
        now
      },
      rules
    );
    this._show(runtime, decision);
    if (decision.due && !this._acting.has(runtime)) {
      this._act(runtime, decision.due);
    }
    return decision.nextMs;
  }

  /** A cell that runs in the grace may change what holds it up: the end is tried again after it. */
  private _waitForCell(runtime: Runtime): void {
    const { grace } = runtime.life;
    if (grace && !grace.waits_for_cell) {
      runtime.updateLife({ grace: { ...grace, waits_for_cell: true } });
    }
  }

  private _show(runtime: Runtime, { warning, expiresAt, idleEndsAt }: IDecision): void {
    const { resource } = runtime;
    const change: Partial<IRuntimeResource> = {};
    if (!isSameWarning(resource.warning, warning)) {
      change.warning = warning;
    }
    if (!isSameTime(resource.expires_at, expiresAt)) {
      change.expires_at = expiresAt;
    }
    if (resource.idle && !isSameTime(resource.idle.ends_at, idleEndsAt)) {
      change.idle = { ...resource.idle, ends_at: idleEndsAt };
    }
    if (Object.keys(change).length > 0) {
      runtime.update(change);
    }
  }

  private _act(runtime: Runtime, due: Due): void {
    const { acts, log } = this._options;
    if (due.kind !== 'copy') {
      // A copy may wait for a cell, and nothing else waits for the copy.
      this._acting.add(runtime);
    }
    void acts
      .act(runtime, due)
      .catch((error: unknown) => {
        const level = error instanceof RuntimeError ? 'warn' : 'error';
        log[level]({ err: error, runtime: runtime.id, due: due.kind }, 'What was due failed.');
      })
      .finally(() => {
        this._acting.delete(runtime);
        this.touch(runtime);
      });
  }

  /** Look at all again after so many milliseconds, or before. */
  private _arm(ms: number): void {
    const { clock } = this._options;
    const inMs = Math.min(Math.max(ms, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);
    const at = clock.instant().steady + inMs;
    if (this._timer && at >= this._timerAt) {
      return;
    }
    this._timer?.dispose();
    this._timerAt = at;
    this._timer = clock.after(inMs, () => {
      this._timer = undefined;
      this._lookAtAll();
    });
  }

  private readonly _executing = new Set<Runtime>();
  private readonly _acting = new Set<Runtime>();
  private _timer: { dispose(): void } | undefined;
  private _timerAt = 0;
  private _isDisposed = false;
}

function isSameWarning(a: IRuntimeWarning | null, b: IRuntimeWarning | null): boolean {
  return a === null || b === null
    ? a === b
    : a.kind === b.kind && a.message === b.message && isSameTime(a.at, b.at);
}

function isSameTime(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : Math.abs(Date.parse(a) - Date.parse(b)) < SAME_MS;
}
