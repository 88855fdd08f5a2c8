import type { RuntimeState } from '@jupyterlab-runtimes/core';

import type { IResumedRuntime, IRuntimeAssignment, IRuntimeModel } from '../tokens';

/** The states of a runtime that will, or may, run again with another kernel. */
const AWAY: readonly RuntimeState[] = ['paused', 'resuming'];

/** Sees which runtimes have come back, whoever resumed them. */
export class ResumeWatch {
  /** @returns Those that run now, and were paused or being resumed when looked at last. */
  look(
    runtimes: readonly IRuntimeModel[],
    awaitedBy: (key: string) => readonly IRuntimeAssignment[]
  ): IResumedRuntime[] {
    const resumed = runtimes.flatMap(({ key, state, kernelId }) =>
      this._away.has(key) && state === 'running' && kernelId !== null
        ? [{ key, kernelId, awaitedBy: awaitedBy(key) }]
        : []
    );
    resumed.forEach(({ key }) => this._away.delete(key));
    runtimes.filter(({ state }) => AWAY.includes(state)).forEach(({ key }) => this._away.add(key));
    return resumed;
  }

  private readonly _away = new Set<string>();
}
