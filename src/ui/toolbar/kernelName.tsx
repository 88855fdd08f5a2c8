/** The toolbar item that says where a document runs, and opens the picker. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, runIcon, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import { runtimeOfDocument } from '../../runtime/ofDocument';
import type { IRuntimeManager, IRuntimeModel, IRuntimeWish } from '../../tokens';
import { extendIcon, PLACE_ICONS, STATE_ICONS } from '../icons';
import { extensionMinutes, leftMs, lookAgainMs } from '../life';
import { visibleState } from '../states';
import { useNow, useSignals } from '../useSignal';
import { describeKernel } from './describe';

export interface IKernelNameProps {
  readonly sessionContext: ISessionContext;
  /** Let the user choose where the document runs. */
  readonly choose: (sessionContext: ISessionContext) => void;
  readonly resume: (sessionContext: ISessionContext, runtime: IRuntimeModel) => void;
  readonly extend: (runtime: IRuntimeModel) => void;
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
  const { sessionContext, manager, trans, readWish, wishChanged } = props;
  const runtime = runtimeOfDocument(manager, sessionContext);
  const now = useNow(lookAgainMs(runtime === undefined ? null : leftMs(runtime, Date.now())));
  useSignals(
    sessionContext.sessionChanged,
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
      runtime,
      now,
      fallback: sessionContext.kernelDisplayName,
      wish: readWish()
    },
    trans
  );
  const shown = runtime === undefined ? null : visibleState(runtime);
  const icon = isReconnecting
    ? STATE_ICONS.reconnecting
    : shown === 'paused'
      ? STATE_ICONS.paused
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
        onClick={() => props.choose(sessionContext)}
      />
      {runtime !== undefined && runtime.can('resume') && (
        <ToolbarButtonComponent
          className="jp-RuntimesKernelName-act"
          icon={runIcon}
          label={trans.__('Resume')}
          tooltip={trans.__('Run “%1” again, with its variables', runtime.name)}
          onClick={() => props.resume(sessionContext, runtime)}
        />
      )}
      {runtime !== undefined && canExtendNow(runtime) && (
        <ToolbarButtonComponent
          className="jp-RuntimesKernelName-act"
          icon={extendIcon}
          tooltip={trans.__('Extend by %1 min', extensionMinutes(runtime))}
          onClick={() => props.extend(runtime)}
        />
      )}
      <span className="jp-Runtimes-visuallyHidden" role="status">
        {isReconnecting ? trans.__('%1, output arrives when it is back', label) : ''}
      </span>
    </>
  );
}

function canExtendNow(runtime: IRuntimeModel): boolean {
  const kind = runtime.life?.warning?.kind ?? 'idle';
  return kind !== 'idle' && runtime.can('extend') && extensionMinutes(runtime) > 0;
}
