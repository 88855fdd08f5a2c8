/** What a pause would leave behind, and whether to do it all the same. */
import type { ISkippedVariable } from '@jupyterlab-runtimes/core';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IRuntimeModel } from '../../tokens';

/**
 * Ask whether to pause without what can't be kept.
 *
 * @param sentence What the service said, for where it names nothing.
 */
export async function askToLeave(
  runtime: IRuntimeModel,
  lost: readonly ISkippedVariable[],
  sentence: string,
  trans: TranslationBundle
): Promise<boolean> {
  const title = trans._n(
    'One thing of “%2” can’t be kept',
    '%1 things of “%2” can’t be kept',
    Math.max(lost.length, 1),
    runtime.name
  );
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(<NotCarried lost={lost} sentence={sentence} trans={trans} />),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep running') }),
      Dialog.warnButton({ label: trans.__('Pause without these') })
    ],
    defaultButton: 0
  });
  dialog.addClass('jp-RuntimesNotCarried');
  dialog.node.setAttribute('aria-label', title);
  try {
    return (await dialog.launch()).button.accept;
  } finally {
    dialog.dispose();
  }
}

export function NotCarried({
  lost,
  sentence,
  trans
}: {
  readonly lost: readonly ISkippedVariable[];
  readonly sentence: string;
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  return (
    <div className="jp-RuntimesNotCarried-body">
      {lost.length === 0 ? (
        <p>{sentence}</p>
      ) : (
        <>
          <p>{trans.__('It runs on, and nothing has been lost. A pause would lose:')}</p>
          <ul>
            {lost.map(({ name, reason, remedy }) => (
              <li key={name}>
                <code>{name}</code>: <span>{reason}</span>
                {remedy !== '' && <div className="jp-RuntimesNotCarried-remedy">{remedy}</div>}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
