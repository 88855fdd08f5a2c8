/** One runtime: its state, what uses it, and what can be done with it. */
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  closeIcon,
  ellipsesIcon,
  pauseIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RuntimeAction } from '@jupyterlab-runtimes/core';
import { isEnd } from '@jupyterlab-runtimes/core';

import type { CommandId } from '../../commands';
import { CommandIDs } from '../../commands';
import type { IRuntimeAssignment, IRuntimeModel } from '../../tokens';
import { lifeText, useText } from '../format';
import { extendIcon, restartClearIcon, STATE_ICONS } from '../icons';
import { extensionMinutes, lifeLine } from '../life';
import { splitReason } from '../reason';
import type { VisibleState } from '../states';
import { stateText, visibleState } from '../states';
import { isOutOfTime } from '../pause/resumeNow';
import { Life } from './life';

/** Run a command of Lab. */
export type Execute = (id: string, args: Readonly<Record<string, string>>) => void;

export interface IRuntimeRowProps {
  readonly runtime: IRuntimeModel;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** It is the one that Tab reaches. */
  readonly isTabStop: boolean;
  readonly trans: TranslationBundle;
  readonly execute: Execute;
  readonly onFocus: () => void;
}

export function RuntimeRow(props: IRuntimeRowProps): React.JSX.Element {
  const { runtime, now, isTabStop, trans, execute, onFocus } = props;
  const state = visibleState(runtime);
  const text = stateText(runtime, trans);
  const StateIcon = STATE_ICONS[state];
  const percent = runtime.progressPercent;
  const details = [
    text,
    runtime.environment === runtime.name ? '' : runtime.environment,
    runtime.state === 'paused' ? '' : lifeText(runtime, now, trans),
    runtime.otherKernels === 0
      ? ''
      : trans._n('%1 other kernel', '%1 other kernels', runtime.otherKernels)
  ].filter(Boolean);
  const [first] = runtime.assignments;
  const life = lifeLine(runtime, now, trans);
  const { said, log } = splitReason(runtime.stateReason);

  return (
    <div
      role="row"
      className={rowClass(runtime, state)}
      data-runtimes-row=""
      data-runtime-key={runtime.key}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={[runtime.name, ...details, life].filter(Boolean).join(', ')}
      onFocus={onFocus}
      onKeyDown={event => {
        if (event.key === 'Enter' && event.target === event.currentTarget && first !== undefined) {
          event.preventDefault();
          open(first, execute);
        }
      }}
    >
      <div role="rowheader" className="jp-RuntimesSidebar-name" title={runtime.name}>
        <StateIcon.react tag="span" className={`jp-Runtimes-state jp-mod-${state}`} />
        <span className="jp-RuntimesSidebar-ellipsis">{runtime.name}</span>
      </div>
      <div role="gridcell" className="jp-RuntimesSidebar-about">
        <div className="jp-RuntimesSidebar-details" title={details.join(' · ')}>
          {details.join(' · ')}
        </div>
        {percent !== null && (
          <progress
            className="jp-RuntimesSidebar-progress"
            max={100}
            value={percent}
            aria-label={trans.__('Start of %1', runtime.name)}
          />
        )}
        {runtime.stateReason !== '' && (
          <div className={`jp-RuntimesSidebar-reason${state === 'failed' ? ' jp-mod-error' : ''}`}>
            {said}
            {log !== '' && (
              <details>
                <summary tabIndex={isTabStop ? 0 : -1}>{trans.__('Last lines of its log')}</summary>
                <pre>{log}</pre>
              </details>
            )}
          </div>
        )}
        <Life runtime={runtime} isTabStop={isTabStop} trans={trans} execute={execute} />
      </div>
      <Assignments {...props} />
      <Actions {...props} />
    </div>
  );
}

function Assignments({ runtime, isTabStop, trans, execute }: IRuntimeRowProps): React.JSX.Element {
  const { name, state } = runtime;
  const assignments = runtime.assignments.length > 0 ? runtime.assignments : runtime.awaitedBy;
  return (
    <div role="gridcell" className="jp-RuntimesSidebar-uses">
      {assignments.length === 0 && state === 'running' && (
        <span className="jp-RuntimesSidebar-unused">{useText(runtime, trans)}</span>
      )}
      {assignments.length > 0 && (
        <ul className="jp-RuntimesSidebar-assignments" aria-label={trans.__('Uses %1', name)}>
          {assignments.map(assignment => (
            <li key={assignment.sessionId}>
              <button
                type="button"
                className="jp-RuntimesSidebar-assignment"
                tabIndex={isTabStop ? 0 : -1}
                title={assignment.path}
                onClick={() => open(assignment, execute)}
              >
                {assignment.name || assignment.path}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function open({ path, type }: IRuntimeAssignment, execute: Execute): void {
  execute(type === 'console' ? 'console:open' : 'docmanager:open', { path });
}

interface IActionButton {
  readonly action: RuntimeAction;
  readonly command: CommandId;
  readonly icon: LabIcon;
  readonly label: string;
}

function Actions({ runtime, isTabStop, trans, execute }: IRuntimeRowProps): React.JSX.Element {
  const { name } = runtime;
  const minutes = extensionMinutes(runtime);
  const buttons: IActionButton[] = [
    {
      action: 'interrupt',
      command: CommandIDs.interrupt,
      icon: stopIcon,
      label: trans.__('Interrupt %1', name)
    },
    {
      action: 'restart',
      command: CommandIDs.restart,
      icon: refreshIcon,
      label: trans.__('Restart %1…', name)
    },
    {
      action: 'restart',
      command: CommandIDs.restartAndClear,
      icon: restartClearIcon,
      label: trans.__('Restart %1 and clear outputs…', name)
    },
    ...(minutes === 0
      ? []
      : [
          {
            action: 'extend',
            command: CommandIDs.extend,
            icon: extendIcon,
            label: trans.__('Extend %1 by %2 min', name, minutes)
          } as const
        ]),
    {
      action: 'pause',
      command: CommandIDs.pause,
      icon: pauseIcon,
      label: trans.__('Pause %1', name)
    },
    {
      action: 'resume',
      command: CommandIDs.resume,
      icon: runIcon,
      label:
        isOutOfTime(runtime) && minutes > 0
          ? trans.__('Extend %1 by %2 min, and resume it', name, minutes)
          : trans.__('Resume %1', name)
    },
    {
      action: 'terminate',
      command: CommandIDs.terminate,
      icon: closeIcon,
      label: isEnd(runtime.state) ? trans.__('Remove %1', name) : trans.__('Terminate %1…', name)
    }
  ];
  return (
    <div role="gridcell" className="jp-RuntimesSidebar-actions">
      {buttons
        .filter(({ action }) => runtime.can(action))
        .map(({ command, icon: Icon, label }) => (
          <button
            key={command}
            type="button"
            className="jp-RuntimesSidebar-button"
            tabIndex={isTabStop ? 0 : -1}
            aria-label={label}
            title={label}
            onClick={() => execute(command, { key: runtime.key })}
          >
            <Icon.react tag={null} />
          </button>
        ))}
      {runtime.life !== null && (
        <button
          type="button"
          className="jp-RuntimesSidebar-button"
          tabIndex={isTabStop ? 0 : -1}
          aria-label={trans.__('More actions for %1', name)}
          aria-haspopup="menu"
          title={trans.__('More actions for %1', name)}
          onClick={event => openMenu(event.currentTarget)}
        >
          <ellipsesIcon.react tag={null} />
        </button>
      )}
    </div>
  );
}

/** Which entries its context menu has is said by the class: see `schema/sidebar.json`. */
function rowClass({ life }: IRuntimeModel, state: VisibleState): string {
  return [
    'jp-RuntimesSidebar-row',
    `jp-mod-${state}`,
    life === null ? '' : 'jp-mod-living',
    (life?.reservation ?? null) === null ? '' : 'jp-mod-timed'
  ]
    .filter(Boolean)
    .join(' ');
}

/** The row's context menu, for those who have no other mouse button, or no mouse. */
function openMenu(beside: HTMLElement): void {
  const { left, bottom } = beside.getBoundingClientRect();
  beside.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: left,
      clientY: bottom
    })
  );
}
