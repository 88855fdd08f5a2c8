/** The modal in which the launch form stands. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import * as React from 'react';

import { LaunchForm } from './form';
import type { ILaunchWish, LaunchModel } from './model';
import { controlId } from './props';

const LAUNCH = 1;

/** Lab's dialog, which stays open as long as a field keeps it from launching. */
export class LaunchDialog extends Dialog<ILaunchWish | null> {
  constructor(
    private readonly model: LaunchModel,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('New runtime'),
      body: new LaunchBody(model, trans),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Launch') })
      ],
      defaultButton: LAUNCH,
      focusNodeSelector: 'select',
      hasClose: true
    });
    this.addClass('jp-RuntimesLaunch');
    this.node.setAttribute('aria-label', trans.__('New runtime'));
  }

  /** What the user wants, once that can be launched. */
  wish: ILaunchWish | null = null;

  override resolve(index: number = LAUNCH): void {
    if (index !== LAUNCH) {
      super.resolve(index);
      return;
    }
    const result = this.model.submit();
    if ('choice' in result) {
      this.wish = result;
      super.resolve(index);
    } else {
      // The sentence beside it is there once the form has rendered.
      requestAnimationFrame(() => this.focusOn(result[0] ?? 'environment'));
    }
  }

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

  private focusOn(field: string): void {
    const body = this.node.querySelector<HTMLElement>('.jp-RuntimesLaunch-host');
    const id = controlId(body?.dataset.idPrefix ?? '', field);
    document.getElementById(id)?.focus();
  }
}

const CONTROLS = 'button, input:not([disabled]), select:not([disabled]), summary';

class LaunchBody extends ReactWidget implements Dialog.IBodyWidget<null> {
  constructor(
    private readonly model: LaunchModel,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-RuntimesLaunch-host');
    this.node.dataset.idPrefix = this._idPrefix;
  }

  getValue(): null {
    return null;
  }

  protected override render(): React.JSX.Element {
    return <LaunchForm model={this.model} idPrefix={this._idPrefix} trans={this.trans} />;
  }

  private readonly _idPrefix = `jp-RuntimesLaunch-${UUID.uuid4()}`;
}
