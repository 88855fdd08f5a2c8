/** How long it may run, and what happens then. */
import * as React from 'react';

import type { IRuntimeEnvironment } from '../../tokens';
import { span } from '../time';
import { Check, EndActionSelect, Field } from './field';
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
  const idles =
    draft.idleMinutes.trim() === '' ? idleTimeoutSeconds > 0 : draft.idleMinutes !== '0';
  return (
    <fieldset>
      <legend>{trans.__('Time')}</legend>
      <Field
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
      >
        {attributes => (
          <input
            {...attributes}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            placeholder={unasked === null ? trans.__('no limit') : String(unasked)}
            value={draft.minutes}
            onChange={event => model.change({ minutes: event.currentTarget.value }, 'minutes')}
          />
        )}
      </Field>
      {hasTime && (
        <>
          <Field id={id('onExpiry')} label={trans.__('At the end')}>
            {attributes => (
              <EndActionSelect
                attributes={attributes}
                value={draft.onExpiry}
                trans={trans}
                onChange={onExpiry => model.change({ onExpiry })}
              />
            )}
          </Field>
          <Check
            id={id('extendsItself')}
            label={trans.__('Extend by itself while nobody waits for a place')}
            hint={trans.__('Where the service allows it.')}
            checked={draft.extendsItself}
            onChange={extendsItself => model.change({ extendsItself })}
          />
        </>
      )}
      <Field
        id={id('idleMinutes')}
        label={trans.__('Idle for at most, minutes')}
        hint={trans.__(
          'Counts from the last cell or input. Empty: %1. 0: for ever.',
          idleTimeoutSeconds === 0 ? trans.__('for ever') : span(idleTimeoutSeconds * 1000, trans)
        )}
        problem={model.problem('idleMinutes')}
      >
        {attributes => (
          <input
            {...attributes}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            placeholder={
              idleTimeoutSeconds === 0 ? trans.__('for ever') : String(idleTimeoutSeconds / 60)
            }
            value={draft.idleMinutes}
            onChange={event =>
              model.change({ idleMinutes: event.currentTarget.value }, 'idleMinutes')
            }
          />
        )}
      </Field>
      {idles && (
        <Field id={id('idleAction')} label={trans.__('When idle for so long')}>
          {attributes => (
            <EndActionSelect
              attributes={attributes}
              value={draft.idleAction}
              trans={trans}
              onChange={idleAction => model.change({ idleAction })}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}
