/** The state of the form that changes a runtime. No DOM. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IRuntimeModel, RuntimeChange } from '../../tokens';
import type { FieldId } from '../launch/draft';
import type { IEditDraft } from './draft';
import { draftOf, readEdit } from './draft';

export class EditModel {
  constructor(
    readonly runtime: Pick<IRuntimeModel, 'name' | 'life'>,
    private readonly trans: TranslationBundle
  ) {
    this._before = draftOf(runtime);
    this._draft = this._before;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get draft(): IEditDraft {
    return this._draft;
  }

  /** The sentence to show under a field; '' for none. */
  problem(field: FieldId): string {
    return readEdit(this._draft, this._before, this.trans).problems.get(field) ?? '';
  }

  set(change: Partial<IEditDraft>): void {
    this._draft = { ...this._draft, ...change };
    this._changed.emit();
  }

  /** @returns What to change, or the fields that keep it from being changed. */
  submit(): RuntimeChange | readonly FieldId[] {
    const { change, problems } = readEdit(this._draft, this._before, this.trans);
    return problems.size > 0 ? [...problems.keys()] : change;
  }

  private readonly _before: IEditDraft;
  private _draft: IEditDraft;
  private readonly _changed = new Signal<this, void>(this);
}
