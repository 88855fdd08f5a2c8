/** How long it may run, and what happens then. */
import * as React from 'react';

import type { IRuntimeEnvironment } from '../../tokens';
import { span } from '../time';
import { ExpiryFields, IdleFields, MinutesField } from './endFields';
import type { ILaunchFormProps } from './props';
import { controlId } from './props';

const MINUTE_MS = 60_000;

export function TimeFields({
  model,
  idPrefix,
  trans,
  environment
}: ILaunchFormProps & { readonly environment: IRuntimeEnvironment }): React.JSX.Element {
  const { draft } = model;
  const { defaultMinutes, maxMinutes, idleTimeoutSeconds } = environment;
  const id = (field: string) => controlId(idPrefix, field);
  const hasTime = draft.minutes.trim() !== '' || defaultMinutes !== null || maxMinutes !== null;
  const unasked = defaultMinutes ?? maxMinutes;
  const inWords = (minutes: number) => span(minutes * MINUTE_MS, trans);
  const staysIdle = idleTimeoutSeconds === 0;
  const idles = draft.idleMinutes.trim() === '' ? !staysIdle : draft.idleMinutes !== '0';
  return (
    <fieldset>
      <legend>{trans.__('Time')}</legend>
      <MinutesField
        id={id('minutes')}
        label={trans.__('Reserve for, minutes')}
        hint={
          maxMinutes === null
            ? unasked === null
              ? trans.__('Empty: no limit.')
              : trans.__('Empty: %1.', inWords(unasked))
            : trans.__(
                'Empty: %1. At most %2.',
                inWords(unasked ?? maxMinutes),
                inWords(maxMinutes)
              )
        }
        problem={model.problem('minutes')}
        placeholder={unasked === null ? trans.__('no limit') : String(unasked)}
        value={draft.minutes}
        onChange={minutes => model.change({ minutes }, 'minutes')}
      />
      {hasTime && (
        <ExpiryFields
          id={id}
          label={trans.__('At the end')}
          onExpiry={draft.onExpiry}
          extendsItself={draft.extendsItself}
          trans={trans}
          onChange={change => model.change(change)}
        />
      )}
      <IdleFields
        id={id}
        hint={trans.__(
          'Counts from the last cell or input. Empty: %1. 0: for ever.',
          staysIdle ? trans.__('for ever') : inWords(idleTimeoutSeconds / 60)
        )}
        problem={model.problem('idleMinutes')}
        placeholder={staysIdle ? trans.__('for ever') : String(idleTimeoutSeconds / 60)}
        minutes={draft.idleMinutes}
        onMinutes={idleMinutes => model.change({ idleMinutes }, 'idleMinutes')}
        idles={idles}
        action={draft.idleAction}
        onAction={idleAction => model.change({ idleAction })}
        trans={trans}
      />
    </fieldset>
  );
}
