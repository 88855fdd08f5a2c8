/** What the dialog says, by where the variables come from. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ITransferWords } from './dialog';
import type { TransferModel } from './model';

export function wordsForSwitch(
  { offer: { sourceLabel, targetLabel } }: TransferModel,
  trans: TranslationBundle
): ITransferWords {
  return {
    title: trans.__('Bring variables along to “%1”?', targetLabel),
    lead: trans.__(
      '“%1” keeps its variables and runs on, whatever you choose. “%2” gets copies.',
      sourceLabel,
      targetLabel
    ),
    leave: trans.__('Leave them in “%1”', sourceLabel),
    bring: count =>
      count === 0
        ? trans.__('Bring variables')
        : trans._n('Bring %1 variable', 'Bring %1 variables', count)
  };
}

export function wordsForSnapshot(
  { offer: { sourceLabel, targetLabel } }: TransferModel,
  trans: TranslationBundle
): ITransferWords {
  return {
    title: trans.__('Load “%1”?', sourceLabel),
    lead: trans.__('These variables can be loaded into “%1”; the snapshot stays.', targetLabel),
    leave: trans.__('Load nothing'),
    bring: count =>
      count === 0
        ? trans.__('Load variables')
        : trans._n('Load %1 variable', 'Load %1 variables', count)
  };
}
