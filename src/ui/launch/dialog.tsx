/** The modal in which the launch form stands. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LaunchForm } from './form';
import { FormDialog } from './formDialog';
import type { ILaunchWish, LaunchModel } from './model';

export class LaunchDialog extends FormDialog {
  constructor(
    private readonly model: LaunchModel,
    trans: TranslationBundle
  ) {
    super({
      title: trans.__('New runtime'),
      submit: trans.__('Launch'),
      first: 'select',
      trans,
      render: idPrefix => <LaunchForm model={model} idPrefix={idPrefix} trans={trans} />
    });
  }

  /** What the user wants, once that can be launched. */
  wish: ILaunchWish | null = null;

  protected override submit(): string | null {
    const result = this.model.submit();
    if ('choice' in result) {
      this.wish = result;
      return null;
    }
    return result[0] ?? 'environment';
  }
}
