/** The launch form's state. No DOM. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  ILaunchTerms,
  IRuntimeChoice,
  IRuntimeEnvironment,
  IRuntimeManager,
  ISnapshotChoice
} from '../../tokens';
import { sentence } from '../format';
import type { FieldId, ILaunchDraft, IReadDraft } from './draft';
import { emptyDraft, readDraft } from './draft';

export interface ILaunchModelOptions {
  readonly manager: Pick<IRuntimeManager, 'choices' | 'changed'>;
  readonly trans: TranslationBundle;
  /** Of what is offered, by the provider's id; default: every place with options. */
  readonly providerId?: string;
  /** Chosen first. */
  readonly kernelName?: string;
  /** The document that could use it. */
  readonly documentName: string | null;
}

/** What the user wants launched. */
export interface ILaunchWish {
  readonly choice: IRuntimeChoice;
  readonly terms: ILaunchTerms;
  /** The document gets the runtime. */
  readonly isForDocument: boolean;
  /** URIs of notebooks to open. */
  readonly examples: readonly string[];
}

export class LaunchModel implements IDisposable {
  constructor(private readonly options: ILaunchModelOptions) {
    const { kernelName } = options;
    const first =
      this.choices.find(choice => choice.kernelName === kernelName) ??
      this.choices.find(({ unavailableReason }) => unavailableReason === '') ??
      this.choices[0];
    this._kernelName = first?.kernelName ?? '';
    this._draft = emptyDraft(this.environment);
    this.isForDocument = options.documentName !== null;
    options.manager.changed.connect(this.emit, this);
    void this.loadSnapshots();
  }

  /** Whether the document gets the runtime. */
  isForDocument: boolean;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get documentName(): string | null {
    return this.options.documentName;
  }

  /** What can be launched with options, in the order of the places. */
  get choices(): readonly IRuntimeChoice[] {
    const { manager, providerId } = this.options;
    return manager.choices.filter(
      ({ environment, provider }) =>
        environment !== null && (providerId === undefined || provider.id === providerId)
    );
  }

  get choice(): IRuntimeChoice | null {
    return this.choices.find(({ kernelName }) => kernelName === this._kernelName) ?? null;
  }

  get environment(): IRuntimeEnvironment | null {
    return this.choice?.environment ?? null;
  }

  get draft(): ILaunchDraft {
    return this._draft;
  }

  /** The place's saved states; null while they are being asked for. */
  get snapshots(): readonly ISnapshotChoice[] | null {
    return this._snapshots;
  }

  get snapshotFailure(): string {
    return this._snapshotFailure;
  }

  /** The sentence to show under a field; '' for none. What nobody has touched is not
   *  complained about before an attempt to launch. */
  problem(field: FieldId): string {
    const text = this.read()?.problems.get(field) ?? '';
    return this._isTried || this._touched.has(field) ? text : '';
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.options.manager.changed.disconnect(this.emit, this);
      Signal.clearData(this);
    }
  }

  /** Take another environment; what was typed and does not depend on it stays. */
  choose(kernelName: string): void {
    const before = this.choice?.provider;
    this._kernelName = kernelName;
    const { size, idleAction } = emptyDraft(this.environment);
    this._draft = { ...this._draft, size, idleAction, resources: {}, examples: [] };
    if (this.choice?.provider !== before) {
      this._draft = { ...this._draft, snapshotId: '' };
      void this.loadSnapshots();
    }
    this.emit();
  }

  change(change: Partial<ILaunchDraft>, ...fields: readonly FieldId[]): void {
    this._draft = { ...this._draft, ...change };
    fields.forEach(field => this._touched.add(field));
    this.emit();
  }

  addVariable(): void {
    const variable = { id: ++this._variables, name: '', value: '' };
    this.change({ variables: [...this._draft.variables, variable] });
  }

  /** @returns What to launch, or the fields that keep it from being launched. */
  submit(): ILaunchWish | readonly FieldId[] {
    this._isTried = true;
    const { choice } = this;
    const read = this.read();
    this.emit();
    if (choice === null || read === null || choice.unavailableReason !== '') {
      return ['environment'];
    }
    const { isForDocument } = this;
    const { examples } = this._draft;
    return read.problems.size > 0
      ? [...read.problems.keys()]
      : { choice, terms: read.terms, isForDocument, examples };
  }

  private read(): IReadDraft | null {
    const { environment } = this;
    return environment && readDraft(this._draft, environment, this.options.trans);
  }

  private async loadSnapshots(): Promise<void> {
    const provider = this.choice?.provider;
    this._snapshots = null;
    this._snapshotFailure = '';
    let snapshots: readonly ISnapshotChoice[] = [];
    try {
      snapshots = (await provider?.snapshots?.()) ?? [];
    } catch (error) {
      this._snapshotFailure = sentence(error);
    }
    if (!this._isDisposed && provider === this.choice?.provider) {
      this._snapshots = [...snapshots].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      this.emit();
    }
  }

  private emit(): void {
    this._changed.emit();
  }

  private _kernelName: string;
  private _draft: ILaunchDraft;
  private _snapshots: readonly ISnapshotChoice[] | null = null;
  private _snapshotFailure = '';
  private _variables = 0;
  private _isTried = false;
  private readonly _touched = new Set<FieldId>();
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
