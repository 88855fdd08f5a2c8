/** Name, end of time, and idling of a runtime that is there. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Check, EndActionSelect, Field } from '../launch/field';
import { controlId } from '../launch/props';
import { useSignals } from '../useSignal';
import { idles } from './draft';
import type { EditModel } from './model';

export interface IEditFormProps {
  readonly model: EditModel;
  /** Makes the ids of this form's elements unique in the page. */
  readonly idPrefix: string;
  readonly trans: TranslationBundle;
}

export function EditForm({ model, idPrefix, trans }: IEditFormProps): React.JSX.Element {
  useSignals(model.changed);
  const { draft } = model;
  const id = (field: string) => controlId(idPrefix, field);
  return (
    <div className="jp-RuntimesLaunch-form">
      <Field id={id('name')} label={trans.__('Name')} problem={model.problem('name')}>
        {attributes => (
          <input
            {...attributes}
            type="text"
            autoComplete="off"
            value={draft.name}
            onChange={event => model.set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      {draft.onExpiry !== null && (
        <>
          <Field id={id('onExpiry')} label={trans.__('At the end of its time')}>
            {attributes => (
              <EndActionSelect
                attributes={attributes}
                value={draft.onExpiry ?? 'pause'}
                trans={trans}
                onChange={onExpiry => model.set({ onExpiry })}
              />
            )}
          </Field>
          <Check
            id={id('extendsItself')}
            label={trans.__('Extend by itself while nobody waits for a place')}
            hint={trans.__('Where the service allows it.')}
            checked={draft.extendsItself}
            onChange={extendsItself => model.set({ extendsItself })}
          />
        </>
      )}
      <Field
        id={id('idleMinutes')}
        label={trans.__('Idle for at most, minutes')}
        hint={trans.__('Counts from the last cell or input. Empty: for ever.')}
        problem={model.problem('idleMinutes')}
      >
        {attributes => (
          <input
            {...attributes}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            placeholder={trans.__('for ever')}
            value={draft.idleMinutes}
            onChange={event => model.set({ idleMinutes: event.currentTarget.value })}
          />
        )}
      </Field>
      {idles(draft) && (
        <Field id={id('idleAction')} label={trans.__('When idle for so long')}>
          {attributes => (
            <EndActionSelect
              attributes={attributes}
              value={draft.idleAction}
              trans={trans}
              onChange={idleAction => model.set({ idleAction })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
