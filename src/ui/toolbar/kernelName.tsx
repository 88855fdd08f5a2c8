/** The toolbar item that says where a document runs, and opens the picker. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { IRuntimeManager, IRuntimeWish } from '../../tokens';
import { PLACE_ICONS, STATE_ICONS } from '../icons';
import { useSignals } from '../useSignal';
import { describeKernel } from './describe';

export interface IKernelNameProps {
  readonly sessionContext: ISessionContext;
  readonly dialogs: ISessionContext.IDialogs;
  readonly manager: IRuntimeManager;
  readonly trans: TranslationBundle;
  readonly readWish: () => IRuntimeWish | null;
  /** Emitted when the wish may be another one: above all, when the file has been
   *  read. None where there is never a wish. */
  readonly wishChanged?: ISignal<unknown, unknown>;
}

/** Takes the place of Lab's kernel name; the class names are Lab's, for its styles and its users' ones. */
export function createKernelNameItem(props: IKernelNameProps): ReactWidget {
  const item = ReactWidget.create(<KernelName {...props} />);
  item.addClass('jp-KernelName');
  item.addClass('jp-RuntimesKernelName');
  return item;
}

export function KernelName(props: IKernelNameProps): React.JSX.Element {
  const { sessionContext, dialogs, manager, trans, readWish, wishChanged } = props;
  useSignals(
    sessionContext.kernelChanged,
    sessionContext.statusChanged,
    sessionContext.connectionStatusChanged,
    manager.changed,
    ...(wishChanged ? [wishChanged] : [])
  );
  const { label, caption, place, isReconnecting } = describeKernel(
    {
      manager,
      kernelId: sessionContext.session?.kernel?.id ?? null,
      fallback: sessionContext.kernelDisplayName,
      wish: readWish()
    },
    trans
  );
  const icon = isReconnecting
    ? STATE_ICONS.reconnecting
    : place === null
      ? undefined
      : PLACE_ICONS[place];
  return (
    <>
      <ToolbarButtonComponent
        className="jp-Toolbar-kernelName jp-RuntimesKernelName-button"
        icon={icon}
        label={label}
        tooltip={caption}
        aria-haspopup="dialog"
        onClick={() => void dialogs.selectKernel(sessionContext)}
      />
      <span className="jp-Runtimes-visuallyHidden" role="status">
        {isReconnecting ? trans.__('%1, output arrives when it is back', label) : ''}
      </span>
    </>
  );
}
