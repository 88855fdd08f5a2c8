import type { ISignal } from '@lumino/signaling';

import type { IPlanRow } from './transferPlan';

/** How closely a source has been looked at. */
export type Look = 'glance' | 'looking' | 'tried';

/** What is known of another's snapshot. */
export interface ISnapshotOrigin {
  /** Of the public key that has signed it; null where nobody has signed it so that it can be checked. */
  readonly fingerprint: string | null;
  /** ISO 8601 UTC, as it says itself. */
  readonly createdAt: string;
  /** As it says itself, e.g. `Python 3.14.0 on emscripten`. */
  readonly environment: string;
}

/** Variables that somebody may want in a runtime: of another runtime, or of a snapshot. */
export interface IVariablesOffer {
  /** In the order in which the source made them. */
  readonly rows: readonly IPlanRow[];
  readonly look: Look;
  /** Why a closer look failed; null while it has not. */
  readonly lookError: unknown;
  /** Free for more variables on the target, bytes; null where that can't be known. */
  readonly freeBytes: number | null;
  /** A cell of the source is running. */
  readonly isBusy: boolean;
  /** The source can be captured while a cell runs. */
  readonly canForkSource: boolean;
  readonly sourceLabel: string;
  readonly targetLabel: string;
  /** Between what the speed was measured: two ids. */
  readonly way: readonly [source: string, target: string];
  /** What a source that is not one's own would run: text by key; null where it is one's own. */
  readonly foreignCode: Readonly<Record<string, string>> | null;
  /** Where a source that is not one's own comes from. */
  readonly origin: ISnapshotOrigin | null;
  /** Emitted when rows changed. */
  readonly changed: ISignal<IVariablesOffer, void>;
  /** Something was installed on the target: see what is there now. */
  lookAgain(): Promise<void>;
}
