/** The senders whom the user trusts: listed, and each can be taken off. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ISnapshotSender as ISender } from '../../tokens';
import { sentence } from '../format';
import { keyText } from '../transfer/texts';

export interface ISendersPorts {
  readonly list: () => Promise<readonly ISender[]>;
  readonly forget: (sender: ISender) => Promise<void>;
  readonly trans: TranslationBundle;
}

export async function showSenders(ports: ISendersPorts): Promise<void> {
  const { trans } = ports;
  const title = trans.__('Trusted senders of snapshots');
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(<SendersView {...ports} />),
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

export function SendersView({ list, forget, trans }: ISendersPorts): React.JSX.Element {
  const [senders, setSenders] = React.useState<readonly ISender[] | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const attempt = React.useCallback(
    (before: () => Promise<void>) => {
      const work = async () => {
        await before();
        setSenders(await list());
        setError(null);
      };
      work().catch(setError);
    },
    [list]
  );
  React.useEffect(() => attempt(async () => undefined), [attempt]);
  return (
    <div className="jp-RuntimesTransferReport-body">
      <p>
        {trans.__(
          'What is signed with one of these keys is loaded with its code, unasked. Who is taken off is asked about again; what you have imported from them stays as it is.'
        )}
      </p>
      {error !== null && <p role="alert">{sentence(error)}</p>}
      {senders?.length === 0 && <p>{trans.__('You trust nobody yet.')}</p>}
      <ul>
        {senders?.map(sender => (
          <li key={sender.fingerprint}>
            {sender.name} <code>{keyText(sender.fingerprint)}</code>{' '}
            <button
              type="button"
              className="jp-RuntimesTransfer-textButton"
              aria-label={trans.__('Trust %1 no longer', sender.name)}
              onClick={() => attempt(() => forget(sender))}
            >
              {trans.__('Remove')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
