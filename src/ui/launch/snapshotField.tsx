/** The saved state that it starts with. */
import * as React from 'react';

import { timeOfDay } from '../time';
import { Field } from './field';
import type { ILaunchFormProps } from './props';
import { controlId } from './props';

export function SnapshotField(props: ILaunchFormProps): React.JSX.Element | null {
  const { model, idPrefix, trans } = props;
  const { snapshots, snapshotFailure, draft } = model;
  if (snapshotFailure === '' && (snapshots === null || snapshots.length === 0)) {
    return null;
  }
  return (
    <Field
      id={controlId(idPrefix, 'snapshot')}
      label={trans.__('Start with the state of')}
      problem={snapshotFailure}
    >
      {attributes => (
        <select
          {...attributes}
          value={draft.snapshotId}
          onChange={event => model.change({ snapshotId: event.currentTarget.value })}
        >
          <option value="">{trans.__('Nothing: start empty')}</option>
          {(snapshots ?? []).map(({ id, name, createdAt, variables }) => (
            <option key={id} value={id}>
              {trans._n(
                '%2 (%3, one variable)',
                '%2 (%3, %1 variables)',
                variables,
                name,
                timeOfDay(createdAt, Date.now())
              )}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
