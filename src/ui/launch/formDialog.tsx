/** Lab's dialog around a form, which stays open as long as a field keeps it from being taken. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import type * as React from 'react';

import { controlId } from './props';

const SUBMIT = 1;
const CONTROLS = 'button, input:not([disabled]), select:not([disabled]), summary';

export interface IFormDialogOptions {
  readonly title: string;
  /** The verb on its button. */
  readonly submit: string;
  /** What has the focus first, a selector. */
  readonly first: string;
  readonly trans: TranslationBundle;
  /** @param idPrefix Makes the ids of the form's elements unique in the page. */
  readonly render: (idPrefix: string) => React.JSX.Element;
}

export abstract class FormDialog extends Dialog<null> {
  constructor({ title, submit, first, trans, render }: IFormDialogOptions) {
    const idPrefix = `jp-RuntimesLaunch-${UUID.uuid4()}`;
    super({
      title,
      body: new FormBody(() => render(idPrefix)),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: submit })
      ],
      defaultButton: SUBMIT,
      focusNodeSelector: first,
      hasClose: true
    });
    this.idPrefix = idPrefix;
    this.addClass('jp-RuntimesLaunch');
    this.node.setAttribute('aria-label', title);
  }

  override resolve(index: number = SUBMIT): void {
    if (index !== SUBMIT) {
      super.resolve(index);
      return;
    }
    const problem = this.submit();
    if (problem === null) {
      super.resolve(index);
    } else {
      // The sentence beside it is there once the form has rendered.
      requestAnimationFrame(() =>
        document.getElementById(controlId(this.idPrefix, problem))?.focus()
      );
    }
  }

  /** Take what has been typed.
   *  @returns The first field that can't be taken; null when all is well. */
  protected abstract submit(): string | null;

  protected override _evtKeydown(event: KeyboardEvent): void {
    const focused = document.activeElement;
    const controls = [...this.node.querySelectorAll<HTMLElement>(CONTROLS)].filter(
      control => control.offsetParent !== null
    );
    const isInForm = focused?.closest('.jp-RuntimesLaunch-form') != null;
    // Enter and Escape end a composition of characters first; in the form, Enter opens and presses
    // what has the focus, and the arrows are its own.
    const isOwn = isInForm && event.key !== 'Escape' && event.key !== 'Tab';
    const isField = focused instanceof HTMLInputElement && focused.type !== 'checkbox';
    if (event.isComposing || (isOwn && !(event.key === 'Enter' && isField))) {
      return;
    }
    const edge = event.shiftKey ? controls[0] : controls[controls.length - 1];
    if (event.key === 'Tab' && focused === edge) {
      event.preventDefault();
      event.stopPropagation();
      (event.shiftKey ? controls[controls.length - 1] : controls[0])?.focus();
    } else if (event.key !== 'Tab') {
      super._evtKeydown(event);
    }
  }

  private readonly idPrefix: string;
}

class FormBody extends ReactWidget implements Dialog.IBodyWidget<null> {
  constructor(private readonly form: () => React.JSX.Element) {
    super();
    this.addClass('jp-RuntimesLaunch-host');
  }

  getValue(): null {
    return null;
  }

  protected override render(): React.JSX.Element {
    return this.form();
  }
}
