/** Choosing the runtime from which variables come. */
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeModel } from '../../tokens';
import { useText } from '../format';

/** The runtimes from which variables can come. */
export function sourcesFor(
  target: IRuntimeModel,
  runtimes: readonly IRuntimeModel[]
): IRuntimeModel[] {
  return runtimes.filter(
    ({ key, state, kernelId }) => key !== target.key && state === 'running' && kernelId !== null
  );
}

/** @returns Null where the user does not want to. */
export async function pickSource(
  target: IRuntimeModel,
  sources: readonly IRuntimeModel[],
  trans: TranslationBundle
): Promise<IRuntimeModel | null> {
  const labels = sources.map((runtime, index) =>
    [`${index + 1}. ${runtime.provider.label}`, runtime.name, useText(runtime, trans)].join(' · ')
  );
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Bring variables to “%1” from:', target.name),
    label: trans.__('Runtime'),
    items: labels,
    okLabel: trans.__('Show variables')
  });
  return button.accept && value !== null ? (sources[labels.indexOf(value)] ?? null) : null;
}
