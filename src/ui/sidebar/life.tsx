/** A runtime's time, what threatens it, and what was said about its launch. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CommandIDs } from '../../commands';
import type { IRuntimeModel } from '../../tokens';
import { STATE_ICONS } from '../icons';
import { extensionMinutes, leftMs, lifeLine, lookAgainMs, sizeLine } from '../life';
import { useNow } from '../useSignal';
import type { Execute } from './row';

export interface ILifeProps {
  readonly runtime: IRuntimeModel;
  /** It is the one that Tab reaches. */
  readonly isTabStop: boolean;
  readonly trans: TranslationBundle;
  readonly execute: Execute;
}

export function Life(props: ILifeProps): React.JSX.Element | null {
  const { runtime, trans } = props;
  if (runtime.life === null) {
    return null;
  }
  const size = sizeLine(runtime, trans);
  return (
    <>
      <Countdown {...props} />
      {size !== '' && <div className="jp-RuntimesSidebar-life">{size}</div>}
      <Warning {...props} />
      {runtime.life.notes.length > 0 && (
        <ul className="jp-RuntimesSidebar-notes" aria-label={trans.__('Notes on %1', runtime.name)}>
          {runtime.life.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Not a live region: the announcements tell when it matters. */
function Countdown({ runtime, trans }: ILifeProps): React.JSX.Element | null {
  const now = useNow(lookAgainMs(leftMs(runtime, Date.now())));
  const text = lifeLine(runtime, now, trans);
  return text === '' ? null : <div className="jp-RuntimesSidebar-life">{text}</div>;
}

function Warning({ runtime, isTabStop, trans, execute }: ILifeProps): React.JSX.Element | null {
  const warning = runtime.life?.warning ?? null;
  const minutes = extensionMinutes(runtime);
  if (warning === null) {
    return null;
  }
  const WarningIcon = STATE_ICONS.failed;
  const canExtend = warning.kind !== 'idle' && minutes > 0 && runtime.can('extend');
  return (
    <div className="jp-RuntimesSidebar-warning">
      <WarningIcon.react tag="span" className="jp-RuntimesSidebar-warningIcon" />
      <span>{warning.message}</span>
      {canExtend && (
        <button
          type="button"
          className="jp-RuntimesSidebar-textButton"
          tabIndex={isTabStop ? 0 : -1}
          aria-label={trans.__('Extend %1 by %2 min', runtime.name, minutes)}
          onClick={() => execute(CommandIDs.extend, { key: runtime.key })}
        >
          {trans.__('Extend by %1 min', minutes)}
        </button>
      )}
    </div>
  );
}
