import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { exampleName } from './exampleName';

/** @returns Null where the user wants none. */
export async function chooseExample(
  examples: readonly string[],
  trans: TranslationBundle
): Promise<string | null> {
  if (examples.length < 2) {
    return examples[0] ?? null;
  }
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Which example?'),
    items: examples.map(exampleName),
    okLabel: trans.__('Open')
  });
  const index = value === null ? -1 : examples.map(exampleName).indexOf(value);
  return button.accept ? (examples[index] ?? null) : null;
}
