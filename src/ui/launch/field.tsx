/** A labelled control with its hint and, where something is wrong, a sentence that says what. */
import type { EndAction } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export interface IControlAttributes {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface IFieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly problem?: string;
  readonly children: (attributes: IControlAttributes) => React.ReactNode;
}

export function Field({ id, label, hint, problem, children }: IFieldProps): React.JSX.Element {
  const hintId = `${id}-hint`;
  const problemId = `${id}-problem`;
  const hasProblem = problem !== undefined && problem !== '';
  const described = [hasProblem ? problemId : '', hint ? hintId : ''].filter(Boolean).join(' ');
  return (
    <div className="jp-RuntimesLaunch-field">
      <label className="jp-RuntimesLaunch-label" htmlFor={id}>
        {label}
      </label>
      <div className="jp-RuntimesLaunch-control">
        {children({
          id,
          'aria-describedby': described === '' ? undefined : described,
          'aria-invalid': hasProblem ? true : undefined
        })}
        <div id={problemId} className="jp-RuntimesLaunch-problem" role="alert">
          {problem}
        </div>
        {hint && (
          <div id={hintId} className="jp-RuntimesLaunch-hint">
            {hint}
          </div>
        )}
      </div>
    </div>
  );
}

export interface ICheckProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ id, label, hint, checked, onChange }: ICheckProps): React.JSX.Element {
  return (
    <div className="jp-RuntimesLaunch-check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={event => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <div id={`${id}-hint`} className="jp-RuntimesLaunch-hint">
          {hint}
        </div>
      )}
    </div>
  );
}

export interface IEndActionProps {
  readonly attributes: React.SelectHTMLAttributes<HTMLSelectElement>;
  readonly value: EndAction;
  readonly trans: TranslationBundle;
  readonly onChange: (value: EndAction) => void;
}

/** What happens at the end of a time. */
export function EndActionSelect(props: IEndActionProps): React.JSX.Element {
  const { attributes, value, trans, onChange } = props;
  return (
    <select
      {...attributes}
      value={value}
      onChange={event =>
        onChange(event.currentTarget.value === 'terminate' ? 'terminate' : 'pause')
      }
    >
      <option value="pause">{trans.__('Pause, and keep the variables')}</option>
      <option value="terminate">{trans.__('End, and lose the variables')}</option>
    </select>
  );
}
