/** The launch form. */
import * as React from 'react';

import { useSignals } from '../useSignal';
import { Check, Field } from './field';
import { EnvironmentField } from './environmentField';
import { exampleName } from '../examples/exampleName';
import type { ILaunchFormProps } from './props';
import { controlId } from './props';
import { SizeFields } from './sizeFields';
import { SnapshotField } from './snapshotField';
import { TimeFields } from './timeFields';
import { VariableFields } from './variableFields';

export function LaunchForm(props: ILaunchFormProps): React.JSX.Element {
  const { model, idPrefix, trans } = props;
  useSignals(model.changed);
  const { draft, environment, documentName } = model;
  const id = (field: string) => controlId(idPrefix, field);
  return (
    <div className="jp-RuntimesLaunch-form">
      <EnvironmentField {...props} />
      {environment !== null && (
        <>
          <Field id={id('name')} label={trans.__('Name')} problem={model.problem('name')}>
            {attributes => (
              <input
                {...attributes}
                type="text"
                autoComplete="off"
                placeholder={environment.givenNameTemplate || environment.title}
                value={draft.name}
                onChange={event => model.change({ name: event.currentTarget.value }, 'name')}
              />
            )}
          </Field>
          {documentName !== null && (
            <Check
              id={id('document')}
              label={trans.__('Run “%1” on it', documentName)}
              checked={model.isForDocument}
              onChange={checked => {
                model.isForDocument = checked;
                model.change({});
              }}
            />
          )}
          <TimeFields {...props} environment={environment} />
          <SizeFields {...props} environment={environment} />
          <fieldset>
            <legend>{trans.__('Storage and state')}</legend>
            <Check
              id={id('storage')}
              label={trans.__('Persistent storage')}
              hint={trans.__('The folder ~/persistent, kept between your runtimes.')}
              checked={draft.persistentStorage}
              onChange={persistentStorage => model.change({ persistentStorage })}
            />
            <SnapshotField {...props} />
          </fieldset>
          <VariableFields {...props} />
          {environment.examples.length > 0 && (
            <fieldset>
              <legend>{trans.__('Examples')}</legend>
              {environment.examples.map((uri, index) => (
                <Check
                  key={uri}
                  id={id(`example-${index}`)}
                  label={trans.__('Open %1', exampleName(uri))}
                  checked={draft.examples.includes(uri)}
                  onChange={checked =>
                    model.change({
                      examples: checked
                        ? [...draft.examples, uri]
                        : draft.examples.filter(one => one !== uri)
                    })
                  }
                />
              ))}
            </fieldset>
          )}
        </>
      )}
    </div>
  );
}
