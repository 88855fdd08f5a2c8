/** The modal in which variables are chosen. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { TransferModel } from './model';
import { TransferView } from './view';

const LEAVE = 0;
const BRING = 1;

export interface ITransferAnswer {
  /** Null: leave them. */
  readonly names: readonly string[] | null;
  readonly now: boolean;
  /** Code of a foreign source, too. */
  readonly acceptsCode: boolean;
  /** The sender's name, where their key is to be trusted from now on; else null. */
  readonly senderName: string | null;
  /** The same from now on, unasked. */
  readonly isForGood: boolean;
}

/** What the dialog says beside the table. */
export interface ITransferWords {
  readonly title: string;
  readonly lead: string;
  /** On the button that changes nothing. */
  readonly leave: string;
  /** On the other one, for so many variables. */
  readonly bring: (count: number) => string;
}

/** @param canBeForGood Offer not to ask again. */
export async function askForVariables(
  model: TransferModel,
  words: ITransferWords,
  trans: TranslationBundle,
  { canBeForGood, signal }: { readonly canBeForGood: boolean; readonly signal?: AbortSignal }
): Promise<ITransferAnswer> {
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new TransferDialog(model, words, trans, canBeForGood);
  const close = () => dialog.reject();
  signal?.addEventListener('abort', close, { once: true });
  try {
    const { button, isChecked } = await dialog.launch();
    return {
      names: button.accept ? model.names : null,
      now: model.now,
      acceptsCode: model.acceptsCode,
      senderName: model.acceptsCode ? model.senderName : null,
      isForGood: isChecked === true
    };
  } finally {
    signal?.removeEventListener('abort', close);
    dialog.dispose();
  }
}

class TransferDialog extends Dialog<null> {
  constructor(
    model: TransferModel,
    words: ITransferWords,
    trans: TranslationBundle,
    canBeForGood: boolean
  ) {
    const renderer = new ButtonKeeper();
    const { title, lead, leave } = words;
    super({
      title,
      body: ReactWidget.create(<TransferView model={model} lead={lead} trans={trans} />),
      buttons: [Dialog.cancelButton({ label: leave }), Dialog.okButton({ label: ' ' })],
      defaultButton: BRING,
      hasClose: true,
      checkbox: canBeForGood
        ? { label: trans.__('Always do this, without asking'), checked: false }
        : null,
      renderer
    });
    this._model = model;
    this._words = words;
    this._bring = renderer.nodes[BRING];
    this.addClass('jp-RuntimesTransfer');
    this.node.setAttribute('aria-label', title);
    model.changed.connect(this._updateButton, this);
    this._updateButton();
  }

  override dispose(): void {
    this._model.changed.disconnect(this._updateButton, this);
    super.dispose();
  }

  override resolve(index: number = BRING): void {
    if (index === LEAVE || this._canBring) {
      super.resolve(index);
    }
  }

  /** Enter belongs to the body's own buttons, where one has the focus. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const focused = document.activeElement;
    const isOwnButton =
      focused instanceof HTMLButtonElement &&
      focused.classList.contains('jp-RuntimesTransfer-textButton');
    if (!(event.key === 'Enter' && (isOwnButton || event.isComposing))) {
      super._evtKeydown(event);
    }
  }

  private get _canBring(): boolean {
    return this._model.names.length > 0 && this._model.fits;
  }

  private _updateButton(): void {
    const count = this._model.names.length;
    const label = this._words.bring(count);
    const node = this._bring?.querySelector('.jp-Dialog-buttonLabel');
    if (this._bring && node) {
      node.textContent = label;
      this._bring.setAttribute('aria-label', label);
      // Not `disabled`: the focus would be lost.
      this._bring.setAttribute('aria-disabled', String(!this._canBring));
    }
  }

  private readonly _model: TransferModel;
  private readonly _words: ITransferWords;
  private readonly _bring: HTMLButtonElement | undefined;
}

/** Remembers the buttons it made, so that a label can follow the table. */
class ButtonKeeper extends Dialog.Renderer {
  readonly nodes: HTMLButtonElement[] = [];

  override createButtonNode(button: Dialog.IButton): HTMLButtonElement {
    const node = super.createButtonNode(button);
    this.nodes.push(node);
    return node;
  }
}
