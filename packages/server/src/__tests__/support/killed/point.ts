/** One moment at which something is killed: at the nth message or file operation, at some of the bytes, or at a time. */
import { watch, type FSWatcher } from 'node:fs';

import type { IStateProgress } from '@jupyterlab-runtimes/core';

import type { Outcome } from './outcome.js';

/** How long the same work takes when nobody disturbs it. */
export interface IMeasured {
  /** Milliseconds. */
  readonly ms: number;
  /** Messages, or changes of files. */
  readonly steps: number;
}

/** What came of work that may have been disturbed. */
export interface IAttempt {
  readonly outcome: Outcome;
  readonly measured: IMeasured;
  readonly hasStruck: boolean;
}

export interface IPoint {
  /** For the sentence that names a failure. */
  readonly told: string;
  readonly step?: number;
  readonly share?: number;
  readonly ms?: number;
}

function choosePoint(random: () => number, { ms, steps }: IMeasured, hasBytes: boolean): IPoint {
  const way = random();
  const where = random();
  if (hasBytes && way < 0.25) {
    return { told: `at ${Math.round(100 * where)} % of the bytes`, share: where };
  }
  if (way < 0.7) {
    const step = 1 + Math.floor(where * steps);
    return { told: `at step ${step} of about ${steps}`, step };
  }
  return { told: `after ${Math.round(where * ms)} of about ${Math.round(ms)} ms`, ms: where * ms };
}

/** Finds moments for work whose length it has seen. */
export class Moments<W> {
  /**
   * Do the work until it was struck.
   *
   * @param hasBytes Whether the work tells how many bytes have moved.
   * @param attempt Do it; without a point nobody disturbs it.
   */
  async strike(
    work: W,
    random: () => number,
    hasBytes: boolean,
    attempt: (point?: IPoint) => Promise<IAttempt>
  ): Promise<Outcome> {
    let measured = this._measured.get(work) ?? (await attempt()).measured;
    for (;;) {
      this._measured.set(work, measured);
      const struck = await attempt(choosePoint(random, measured, hasBytes));
      if (struck.hasStruck) {
        return struck.outcome;
      }
      // It was quicker this time, and over before its point had come.
      ({ measured } = struck);
    }
  }

  private readonly _measured = new Map<W, IMeasured>();
}

/** Strikes once, when its point has come; without a point it measures. */
export class Striker {
  constructor(
    private readonly _point: IPoint | undefined,
    private readonly _strike: () => void
  ) {
    if (_point?.ms !== undefined) {
      this._timer = setTimeout(() => this._now(), _point.ms);
    }
  }

  get hasStruck(): boolean {
    return this._hasStruck;
  }

  get isOver(): boolean {
    return this._isOver;
  }

  get measured(): IMeasured {
    return { ms: performance.now() - this._begun, steps: this._steps };
  }

  readonly step = (): void => {
    this._steps += 1;
    if (this._steps === this._point?.step) {
      this._now();
    }
  };

  readonly progress = ({ stage, bytes, totalBytes }: IStateProgress): void => {
    if (this._point?.share !== undefined && stage === 'move') {
      if (bytes >= this._point.share * totalBytes) {
        this._now();
      }
    }
  };

  /** Count what happens to files below a folder; there can be several. */
  watchFiles(folder: string): this {
    const watcher = watch(folder, { recursive: true }, this.step);
    // A folder that is removed while its watch begins.
    watcher.on('error', () => undefined);
    this._watchers.push(watcher);
    return this;
  }

  dispose(): void {
    clearTimeout(this._timer);
    this._watchers.forEach(each => each.close());
    this._isOver = true;
  }

  private _now(): void {
    if (!this._hasStruck && !this._isOver) {
      this._hasStruck = true;
      this._strike();
    }
  }

  private readonly _begun = performance.now();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private readonly _watchers: FSWatcher[] = [];
  private _steps = 0;
  private _hasStruck = false;
  private _isOver = false;
}
