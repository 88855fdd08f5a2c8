/** Takes away what nobody needs: old automatic snapshots of runtimes that are gone, and bytes that belong to nothing. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { ILog, ISteadyClock } from '../runtimes/ports.js';
import type { IBlobStore, ISnapshotStore } from './ports.js';
import { PROMISE_MS, type Shelf } from './shelf.js';

export interface ICollectorOptions {
  readonly shelf: Shelf;
  readonly store: ISnapshotStore;
  readonly blobs: IBlobStore;
  readonly clock: ISteadyClock;
  readonly log: ILog;
  /** Ids of all runtimes that there are. */
  readonly runtimeIds: () => ReadonlySet<string>;
  readonly stagingRoot: string;
  readonly importFolder: string;
  /** Automatic snapshots of runtimes that are gone stay for so long, milliseconds. */
  readonly keepMs: number;
}

const EVERY_MS = 6 * 60 * 60_000;

export class Collector {
  constructor(private readonly _options: ICollectorOptions) {}

  /** At the start of the service: nothing is under way yet. Then now and then. */
  begin(): void {
    const { importFolder, runtimeIds, stagingRoot } = this._options;
    rmSync(importFolder, { recursive: true, force: true });
    const ids = runtimeIds();
    for (const name of existsSync(stagingRoot) ? readdirSync(stagingRoot) : []) {
      if (!ids.has(name)) {
        rmSync(join(stagingRoot, name), { recursive: true, force: true });
      }
    }
    this._soon(0);
  }

  dispose(): void {
    this._timer?.dispose();
  }

  /** @returns Bytes that came free. */
  async collect(): Promise<number> {
    const { blobs, clock, keepMs, runtimeIds, shelf, store } = this._options;
    let freed = 0;
    for (const owner of new Set([...store.owners(), ...(await blobs.owners())])) {
      const ids = runtimeIds();
      const tooOld = clock.now().getTime() - keepMs;
      const old = shelf
        .list(owner)
        .filter(
          each =>
            each.kind !== 'manual' &&
            each.runtime_id !== null &&
            !ids.has(each.runtime_id) &&
            Date.parse(each.created_at) < tooOld
        );
      for (const { id } of old) {
        await shelf.remove(owner, id);
      }
      freed += await shelf.undisturbed(owner, async () => {
        await blobs.sweepManifests(owner, new Set(shelf.list(owner).map(({ id }) => id)));
        return blobs.sweep(owner, shelf.needed(owner), { youngMs: PROMISE_MS });
      });
    }
    return freed;
  }

  private _soon(ms: number): void {
    const { clock, log } = this._options;
    this._timer = clock.after(ms, () => {
      this.collect()
        .then(
          freed => log.debug({ freed }, 'Snapshots that nobody needs were removed.'),
          (error: unknown) => log.error({ err: error }, 'Old snapshots could not be removed.')
        )
        .finally(() => this._soon(EVERY_MS));
    });
  }

  private _timer: { dispose(): void } | undefined;
}
