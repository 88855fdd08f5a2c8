/** Name, end of time, and idling of a runtime that is there. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ExpiryFields, IdleFields } from '../launch/endFields';
import { Field } from '../launch/field';
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
        <ExpiryFields
          id={id}
          label={trans.__('At the end of its time')}
          onExpiry={draft.onExpiry}
          extendsItself={draft.extendsItself}
          trans={trans}
          onChange={change => model.set(change)}
        />
      )}
      <IdleFields
        id={id}
        hint={trans.__('Counts from the last cell or input. Empty: for ever.')}
        problem={model.problem('idleMinutes')}
        placeholder={trans.__('for ever')}
        minutes={draft.idleMinutes}
        onMinutes={idleMinutes => model.set({ idleMinutes })}
        idles={idles(draft)}
        action={draft.idleAction}
        onAction={idleAction => model.set({ idleAction })}
        trans={trans}
      />
    </div>
  );
}
