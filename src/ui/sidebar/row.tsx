/** One runtime: its state, what uses it, and what can be done with it. */
import type { LabIcon } from '@jupyterlab/ui-components';
import { closeIcon, refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { RuntimeAction } from '@jupyterlab-runtimes/core';

import type { CommandId } from '../../commands';
import { CommandIDs } from '../../commands';
import type { IRuntimeAssignment, IRuntimeModel } from '../../tokens';
import { lifeText, useText } from '../format';
import { restartClearIcon, STATE_ICONS } from '../icons';
import { stateText, visibleState } from '../states';

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
    lifeText(runtime, now, trans),
    runtime.otherKernels === 0
      ? ''
      : trans._n('%1 other kernel', '%1 other kernels', runtime.otherKernels)
  ].filter(Boolean);
  const [first] = runtime.assignments;

  return (
    <div
      role="row"
      className={`jp-RuntimesSidebar-row jp-mod-${state}`}
      data-runtimes-row=""
      data-runtime-key={runtime.key}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={trans.__('%1, %2', runtime.name, details.join(', '))}
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
            {runtime.stateReason}
          </div>
        )}
      </div>
      <Assignments {...props} />
      <Actions {...props} />
    </div>
  );
}

function Assignments({ runtime, isTabStop, trans, execute }: IRuntimeRowProps): React.JSX.Element {
  const { assignments, name, state } = runtime;
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
    {
      action: 'terminate',
      command: CommandIDs.terminate,
      icon: closeIcon,
      label:
        runtime.state === 'failed' ? trans.__('Remove %1', name) : trans.__('Terminate %1…', name)
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
    </div>
  );
}
