/** The modal in which the picker stands. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import * as React from 'react';

import type { PickerModel } from './model';
import type { PickerOption } from './options';
import { isChoosable } from './options';
import { acceptLabel, stayLabel } from './texts';
import { PickerView } from './view';

const STAY = 0;
const ACCEPT = 1;

export interface IPickerDialogOptions {
  readonly model: PickerModel;
  readonly title: string;
  readonly trans: TranslationBundle;
  readonly checkbox: Partial<Dialog.ICheckbox> | null;
}

/** Lab's dialog, with Enter going to the active option and verbs on its buttons. */
export class PickerDialog extends Dialog<PickerOption | null> {
  constructor({ model, title, trans, checkbox }: IPickerDialogOptions) {
    const renderer = new ButtonKeeper();
    super({
      title,
      body: new PickerBody(model, trans, () => this.resolve(ACCEPT)),
      buttons: [Dialog.cancelButton({ label: ' ' }), Dialog.okButton({ label: ' ' })],
      defaultButton: ACCEPT,
      focusNodeSelector: 'input',
      hasClose: true,
      checkbox,
      renderer
    });
    this._model = model;
    this._trans = trans;
    this._buttons_ = renderer.nodes;
    this.addClass('jp-RuntimesPicker');
    this.node.setAttribute('aria-label', title);
    model.changed.connect(this.updateButtons, this);
    this.updateButtons();
  }

  override dispose(): void {
    this._model.changed.disconnect(this.updateButtons, this);
    super.dispose();
  }

  /** Take a button; trying a place again leaves the picker open. */
  override resolve(index: number = ACCEPT): void {
    const { active } = this._model;
    if (index === STAY) {
      super.resolve(STAY);
    } else if (active?.kind === 'place' && isChoosable(active)) {
      void this._model.retry(active.provider);
    } else if (active !== null && isChoosable(active)) {
      super.resolve(index);
    }
  }

  protected override _evtKeydown(event: KeyboardEvent): void {
    // Enter and Escape end a composition of characters first.
    if (event.isComposing) {
      return;
    }
    const focused = document.activeElement;
    const input = this.node.querySelector<HTMLElement>('.jp-RuntimesPicker-input');
    if (event.key === 'Tab' && !event.shiftKey && focused === this._buttons_[ACCEPT]) {
      event.preventDefault();
      input?.focus();
    } else if (event.key === 'Tab' && event.shiftKey && focused === input) {
      event.preventDefault();
      this._buttons_[ACCEPT]?.focus();
    } else {
      super._evtKeydown(event);
    }
  }

  private updateButtons(): void {
    const { active, current, hasKernel } = this._model;
    const stay = this._buttons_[STAY];
    const accept = this._buttons_[ACCEPT];
    setLabel(stay, stayLabel(current, hasKernel, active, this._trans));
    setLabel(accept, acceptLabel(active, this._trans));
    if (accept !== undefined) {
      // Not `disabled`: the focus would be lost when the list changes under it.
      accept.setAttribute('aria-disabled', String(active === null || !isChoosable(active)));
    }
  }

  private readonly _model: PickerModel;
  private readonly _trans: TranslationBundle;
  private readonly _buttons_: readonly HTMLButtonElement[];
}

function setLabel(button: HTMLButtonElement | undefined, label: string): void {
  const node = button?.querySelector('.jp-Dialog-buttonLabel');
  if (button && node) {
    node.textContent = label;
    node.removeAttribute('aria-label');
    button.setAttribute('aria-label', label);
  }
}

/** Remembers the buttons it made, so that their labels can follow the list. */
class ButtonKeeper extends Dialog.Renderer {
  readonly nodes: HTMLButtonElement[] = [];

  override createButtonNode(button: Dialog.IButton): HTMLButtonElement {
    const node = super.createButtonNode(button);
    this.nodes.push(node);
    return node;
  }
}

class PickerBody extends ReactWidget implements Dialog.IBodyWidget<PickerOption | null> {
  constructor(
    private readonly model: PickerModel,
    private readonly trans: TranslationBundle,
    private readonly onTake: () => void
  ) {
    super();
    this.addClass('jp-RuntimesPicker-host');
  }

  getValue(): PickerOption | null {
    return this.model.active;
  }

  protected override render(): React.JSX.Element {
    return (
      <PickerView
        model={this.model}
        idPrefix={this._idPrefix}
        trans={this.trans}
        onTake={this.onTake}
      />
    );
  }

  private readonly _idPrefix = `jp-RuntimesPicker-${UUID.uuid4()}`;
}
