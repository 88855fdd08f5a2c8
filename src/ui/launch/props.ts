import type { TranslationBundle } from '@jupyterlab/translation';

import type { LaunchModel } from './model';

export interface ILaunchFormProps {
  readonly model: LaunchModel;
  /** Makes the ids of this form's elements unique in the page. */
  readonly idPrefix: string;
  readonly trans: TranslationBundle;
}

/** The id of a field's control. */
export function controlId(idPrefix: string, field: string): string {
  return `${idPrefix}-${field}`;
}
