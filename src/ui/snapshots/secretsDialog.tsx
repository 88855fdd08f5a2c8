/** What looks like a secret is pointed out before it is kept or given away. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

export interface ISecretVariable {
  readonly name: string;
  /** Why it looks like one, without a part of it; '' where that is not known. */
  readonly reason: string;
}

/** `null`: do nothing at all. */
export type SecretsAnswer = 'leave' | 'take' | null;

export interface ISecretsQuestion {
  readonly secrets: readonly ISecretVariable[];
  /** What would happen to them, a sentence. */
  readonly body: string;
  /** On the button that goes on with them. */
  readonly takeLabel: string;
}

export async function askAboutSecrets(
  { secrets, body, takeLabel }: ISecretsQuestion,
  trans: TranslationBundle
): Promise<SecretsAnswer> {
  const answers: [SecretsAnswer, Dialog.IButton][] = [
    [null, Dialog.cancelButton()],
    ['take', Dialog.warnButton({ label: takeLabel })],
    [
      'leave',
      Dialog.okButton({ label: trans._n('Leave it out', 'Leave them out', secrets.length) })
    ]
  ];
  const title = trans._n(
    '%1 variable looks like a secret',
    '%1 variables look like secrets',
    secrets.length
  );
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(<Secrets secrets={secrets} body={body} />),
    buttons: answers.map(([, button]) => button),
    defaultButton: answers.length - 1
  });
  dialog.addClass('jp-RuntimesTransferReport');
  dialog.node.setAttribute('aria-label', title);
  try {
    const { button } = await dialog.launch();
    return answers.find(([, { label }]) => label === button.label)?.[0] ?? null;
  } finally {
    dialog.dispose();
  }
}

function Secrets({ secrets, body }: Pick<ISecretsQuestion, 'secrets' | 'body'>): React.JSX.Element {
  return (
    <div className="jp-RuntimesTransferReport-body">
      <p>{body}</p>
      <ul>
        {secrets.map(({ name, reason }) => (
          <li key={name}>
            <code>{name}</code>
            {reason !== '' && `: ${reason}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
