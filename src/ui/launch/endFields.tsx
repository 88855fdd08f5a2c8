/** When a runtime ends and what happens then: for one that is launched, and for one that is there. */
import type { EndAction } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Check, EndActionSelect, Field } from './field';
import type { IFieldProps } from './field';

export interface IMinutesFieldProps extends Omit<IFieldProps, 'children'> {
  /** What an empty field means. */
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function MinutesField(props: IMinutesFieldProps): React.JSX.Element {
  const { placeholder, value, onChange, ...field } = props;
  return (
    <Field {...field}>
      {attributes => (
        <input
          {...attributes}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          placeholder={placeholder}
          value={value}
          onChange={event => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface IExpiry {
  readonly onExpiry: EndAction;
  readonly extendsItself: boolean;
}

export interface IExpiryFieldsProps extends IExpiry {
  /** The id of a field's control. */
  readonly id: (field: string) => string;
  readonly label: string;
  readonly trans: TranslationBundle;
  readonly onChange: (change: Partial<IExpiry>) => void;
}

export function ExpiryFields(props: IExpiryFieldsProps): React.JSX.Element {
  const { id, label, onExpiry, extendsItself, trans, onChange } = props;
  return (
    <>
      <Field id={id('onExpiry')} label={label}>
        {attributes => (
          <EndActionSelect
            attributes={attributes}
            value={onExpiry}
            trans={trans}
            onChange={value => onChange({ onExpiry: value })}
          />
        )}
      </Field>
      <Check
        id={id('extendsItself')}
        label={trans.__('Extend by itself while nobody waits for a place')}
        hint={trans.__('Where the service allows it.')}
        checked={extendsItself}
        onChange={checked => onChange({ extendsItself: checked })}
      />
    </>
  );
}

export interface IIdleFieldsProps {
  /** The id of a field's control. */
  readonly id: (field: string) => string;
  readonly hint: string;
  readonly problem: string;
  readonly placeholder: string;
  readonly minutes: string;
  readonly onMinutes: (minutes: string) => void;
  /** Whether idling ends it, by what is typed now. */
  readonly idles: boolean;
  readonly action: EndAction;
  readonly onAction: (action: EndAction) => void;
  readonly trans: TranslationBundle;
}

export function IdleFields(props: IIdleFieldsProps): React.JSX.Element {
  const { id, hint, problem, placeholder, minutes, idles, action, trans } = props;
  return (
    <>
      <MinutesField
        id={id('idleMinutes')}
        label={trans.__('Idle for at most, minutes')}
        hint={hint}
        problem={problem}
        placeholder={placeholder}
        value={minutes}
        onChange={props.onMinutes}
      />
      {idles && (
        <Field id={id('idleAction')} label={trans.__('When idle for so long')}>
          {attributes => (
            <EndActionSelect
              attributes={attributes}
              value={action}
              trans={trans}
              onChange={props.onAction}
            />
          )}
        </Field>
      )}
    </>
  );
}
