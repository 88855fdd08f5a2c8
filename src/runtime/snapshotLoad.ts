/** One offer to load a snapshot into a running runtime: what it holds, and what the target lacks for it. */
import { describeVariables, inspectKernel, requiredDistributions } from '@jupyterlab-runtimes/core';
import type { IDescription, IManifestFile, KernelPort } from '@jupyterlab-runtimes/core';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeModel, ISnapshotEntry } from '../tokens';
import type { IPlanRow } from './transferPlan';
import { planRows } from './transferPlan';
import { codeNamesOf, describedBy, sourcesOf } from './snapshotContent';
import type { ISnapshotOrigin, IVariablesOffer } from './variablesOffer';

export interface ISnapshotLoadOptions {
  readonly entry: ISnapshotEntry;
  readonly manifest: IManifestFile;
  readonly target: IRuntimeModel;
  /** Null where it is the user's own, or of somebody whom they trust. */
  readonly origin: ISnapshotOrigin | null;
  /** Of the target; who made it disposes it. */
  readonly port: KernelPort;
}

export class SnapshotLoad implements IVariablesOffer, IDisposable {
  constructor(private readonly _options: ISnapshotLoadOptions) {
    this._plan = describedBy(_options.manifest.content);
    this.origin = _options.origin;
    this.foreignCode = this.origin === null ? null : sourcesOf(_options.manifest.content);
    this._codeNames = codeNamesOf(_options.manifest.content);
    this._rows = planRows(this._plan, null, this._codeNames);
  }

  readonly look = 'tried';
  readonly lookError = null;
  readonly isBusy = false;
  readonly canForkSource = false;
  readonly origin: ISnapshotOrigin | null;
  readonly foreignCode: Readonly<Record<string, string>> | null;

  get rows(): readonly IPlanRow[] {
    return this._rows;
  }

  get freeBytes(): number | null {
    return this._freeBytes;
  }

  get sourceLabel(): string {
    return this._options.entry.name;
  }

  get targetLabel(): string {
    return this._options.target.name;
  }

  get way(): readonly [string, string] {
    return ['snapshot', this._options.target.provider.id];
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  /** Ask the target what it has.
   *  @throws RuntimeError UNREACHABLE | NOT_RUNNING | STATE_NOT_CARRIED */
  async lookAgain(options: { signal?: AbortSignal } = {}): Promise<void> {
    const { port } = this._options;
    const facts = await inspectKernel(port, requiredDistributions(this._plan), options);
    const { entries } = await describeVariables(port, { ...options, randomId: () => UUID.uuid4() });
    const names = new Set(entries.map(({ name }) => name));
    this._freeBytes = facts.memory_bytes;
    this._rows = planRows(this._plan, { facts, names }, this._codeNames);
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _plan: IDescription;
  private readonly _codeNames: ReadonlySet<string>;
  private _rows: readonly IPlanRow[];
  private _freeBytes: number | null = null;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
