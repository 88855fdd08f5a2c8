/** The modal for what can be changed of a runtime that is there. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRuntimeModel, RuntimeChange } from '../../tokens';
import { FormDialog } from '../launch/formDialog';
import { EditForm } from './form';
import { EditModel } from './model';

export class EditDialog extends FormDialog {
  constructor(runtime: IRuntimeModel, trans: TranslationBundle) {
    const model = new EditModel(runtime, trans);
    super({
      title: trans.__('Change “%1”', runtime.name),
      submit: trans.__('Change'),
      first: 'input',
      trans,
      render: idPrefix => <EditForm model={model} idPrefix={idPrefix} trans={trans} />
    });
    this.model = model;
  }

  /** What is to be changed; null unless the user said so. */
  change: RuntimeChange | null = null;

  protected override submit(): string | null {
    const result = this.model.submit();
    if (result instanceof Array) {
      return result[0] ?? 'name';
    }
    this.change = result;
    return null;
  }

  private readonly model: EditModel;
}

/** Ask what to change.
 *  @returns Null for nothing. */
export async function askForChange(
  runtime: IRuntimeModel,
  trans: TranslationBundle
): Promise<RuntimeChange | null> {
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new EditDialog(runtime, trans);
  try {
    const { button } = await dialog.launch();
    return button.accept ? dialog.change : null;
  } finally {
    dialog.dispose();
  }
}
