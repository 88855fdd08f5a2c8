/** What came of bringing variables along, name by name. */
import type { IRestoreResult, ISkippedName } from '@jupyterlab-runtimes/core';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

/** What a report says beyond the names. */
export interface IReportFacts {
  readonly title: string;
  /** Sentences: from where to where, how much, by which way. */
  readonly facts: readonly string[];
}

export async function showReport(
  report: IRestoreResult,
  { title, facts }: IReportFacts,
  trans: TranslationBundle
): Promise<void> {
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(<ReportView report={report} facts={facts} trans={trans} />),
    buttons: [Dialog.okButton({ label: trans.__('Close') })],
    hasClose: true
  });
  dialog.addClass('jp-RuntimesTransferReport');
  dialog.node.setAttribute('aria-label', title);
  try {
    await dialog.launch();
  } finally {
    dialog.dispose();
  }
}

export function ReportView({
  report,
  facts,
  trans
}: {
  readonly report: IRestoreResult;
  readonly facts: readonly string[];
  readonly trans: TranslationBundle;
}): React.JSX.Element {
  const { restored, rebuilt, skipped } = report;
  return (
    <div className="jp-RuntimesTransferReport-body">
      {facts.map(fact => (
        <p key={fact}>{fact}</p>
      ))}
      <Reasons title={trans.__('Stayed behind')} names={skipped} />
      <Reasons title={trans.__('Made anew')} names={rebuilt} />
      {restored.length > 0 && (
        <section>
          <h3>{trans.__('As they were')}</h3>
          <p className="jp-RuntimesTransferReport-names">
            {restored.map((name, index) => (
              <React.Fragment key={name}>
                {index > 0 && ', '}
                <code>{name}</code>
              </React.Fragment>
            ))}
          </p>
        </section>
      )}
    </div>
  );
}

function Reasons({
  title,
  names
}: {
  readonly title: string;
  readonly names: readonly ISkippedName[];
}): React.JSX.Element | null {
  if (names.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {names.map(({ name, reason, remedy }) => (
          <li key={name}>
            <code>{name}</code>: {reason}
            {remedy !== '' && <span className="jp-RuntimesTransfer-note">{remedy}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
