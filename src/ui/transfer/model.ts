/** What the user has chosen to bring along. */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import type { TransferRates } from '../../runtime/transferEstimate';
import type { IRequirement } from '@jupyterlab-runtimes/core';

import type { IPlanRow } from '../../runtime/transferPlan';
import { bytesOf, canGo, ticksUnasked } from '../../runtime/transferPlan';
import type { IVariablesOffer } from '../../runtime/variablesOffer';

/** From so many names on there is a filter. */
const FILTER_FROM = 21;

export type AllState = 'all' | 'some' | 'none';

export interface ITransferModelOptions {
  readonly offer: IVariablesOffer;
  readonly rates: TransferRates;
  /** Install a distribution on the target.
   *  @throws with the sentence that tells why it could not be. */
  readonly install: (requirement: IRequirement) => Promise<void>;
}

export class TransferModel implements IDisposable {
  constructor(private readonly _options: ITransferModelOptions) {
    this._options.offer.changed.connect(this._onRows, this);
    this._onRows();
  }

  get offer(): IVariablesOffer {
    return this._options.offer;
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
      this.offer.changed.disconnect(this._onRows, this);
      Signal.clearData(this);
    }
  }

  /** What the filter leaves. */
  get rows(): readonly IPlanRow[] {
    const words = this._query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.offer.rows.filter(({ name, type }) =>
      words.every(word => `${name} ${type}`.toLowerCase().includes(word))
    );
  }

  get hasFilter(): boolean {
    return this.offer.rows.length >= FILTER_FROM;
  }

  get query(): string {
    return this._query;
  }

  set query(value: string) {
    this._query = value;
    this._changed.emit();
  }

  /** In the middle of a running cell of the source, not at its end. */
  get now(): boolean {
    return this._now;
  }

  set now(value: boolean) {
    this._now = value;
    this._changed.emit();
  }

  /** The user has seen what a foreign source would run, and wants it. */
  get acceptsCode(): boolean {
    return this._acceptsCode;
  }

  set acceptsCode(value: boolean) {
    this._acceptsCode = value;
    this._changed.emit();
  }

  /** What the user calls the sender, whose key is to be trusted from now on; null: it is not. */
  get senderName(): string | null {
    return this._senderName;
  }

  set senderName(value: string | null) {
    this._senderName = value;
    this._changed.emit();
  }

  /** What goes along: ticked, and able to. */
  get names(): readonly string[] {
    return this.offer.rows.filter(row => this.isTicked(row)).map(({ name }) => name);
  }

  get bytes(): number {
    return bytesOf(this.offer.rows, new Set(this.names));
  }

  /** Whether what is chosen has room on the target. */
  get fits(): boolean {
    const { freeBytes } = this.offer;
    return freeBytes === null || this.bytes <= freeBytes;
  }

  /** What it is likely to take. */
  get seconds(): number {
    return this._options.rates.seconds(...this.offer.way, this.bytes);
  }

  /** Whether it would go: code of a foreign source once it was accepted. */
  can(row: IPlanRow): boolean {
    const isRefused = row.bringsCode && this.offer.foreignCode !== null && !this._acceptsCode;
    return canGo(row) && !isRefused;
  }

  isTicked(row: IPlanRow): boolean {
    return this.can(row) && this._ticked.has(row.name);
  }

  toggle(row: IPlanRow): void {
    if (!this.can(row)) {
      return;
    }
    if (!this._ticked.delete(row.name)) {
      this._ticked.add(row.name);
    }
    this._touched.add(row.name);
    this._changed.emit();
  }

  /** Of the rows that the filter leaves. */
  get all(): AllState {
    const able = this.rows.filter(row => this.can(row));
    const ticked = able.filter(({ name }) => this._ticked.has(name));
    return ticked.length === 0 ? 'none' : ticked.length === able.length ? 'all' : 'some';
  }

  /** All of the rows that the filter leaves, or, where that is so already, none. A secret is
   *  ticked by its own box alone. */
  toggleAll(): void {
    const able = this.rows.filter(row => this.can(row));
    const open = able.filter(row => !row.isSecretLike && !this._ticked.has(row.name));
    const turnsOn = open.length > 0;
    for (const { name } of turnsOn ? open : able) {
      this._touched.add(name);
      if (turnsOn) {
        this._ticked.add(name);
      } else {
        this._ticked.delete(name);
      }
    }
    this._changed.emit();
  }

  /** One offer for each distribution that is missing: the first row that lacks it, and how many do. */
  get installs(): ReadonlyMap<string, number> {
    const waiting = new Map<string, string[]>();
    for (const { name, obstacle } of this.rows) {
      if (obstacle?.kind === 'missing') {
        const distribution = obstacle.requirement.name;
        waiting.set(distribution, [...(waiting.get(distribution) ?? []), name]);
      }
    }
    return new Map([...waiting.values()].map(names => [names[0] ?? '', names.length]));
  }

  /** How an installation goes: null where none was asked for, '' while it runs, else why it failed. */
  installation({ name }: IRequirement): string | null {
    return this._installations.get(name) ?? null;
  }

  async install(requirement: IRequirement): Promise<void> {
    const { name } = requirement;
    if (this._installations.get(name) === '') {
      return;
    }
    this._installations.set(name, '');
    this._changed.emit();
    try {
      await this._options.install(requirement);
      await this.offer.lookAgain();
      this._installations.delete(name);
    } catch (error) {
      this._installations.set(name, error instanceof Error ? error.message : String(error));
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _onRows(): void {
    // What the user has not touched follows what is found out.
    const wanted = new Set(ticksUnasked(this.offer.rows));
    for (const { name } of this.offer.rows) {
      if (!this._touched.has(name)) {
        if (wanted.has(name)) {
          this._ticked.add(name);
        } else {
          this._ticked.delete(name);
        }
      }
    }
    this._changed.emit();
  }

  private readonly _ticked = new Set<string>();
  private readonly _touched = new Set<string>();
  private readonly _installations = new Map<string, string>();
  private _query = '';
  private _now = false;
  private _acceptsCode = false;
  private _senderName: string | null = null;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
