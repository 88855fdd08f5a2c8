/** How much of the machine it gets, within what the environment offers. */
import { quantityValue } from '@jupyterlab-runtimes/core';
import * as React from 'react';

import type { IRuntimeEnvironment } from '../../tokens';
import { quantity, resourceName, short, unitOf } from '../quantity';
import { Field } from './field';
import type { ILaunchFormProps } from './props';
import { controlId } from './props';

export function SizeFields({
  model,
  idPrefix,
  trans,
  environment
}: ILaunchFormProps & { readonly environment: IRuntimeEnvironment }): React.JSX.Element | null {
  const { draft } = model;
  const sizes = Object.keys(environment.resourceRanges);
  const range = environment.resourceRanges[draft.size];
  if (range === undefined) {
    return null;
  }
  return (
    <fieldset>
      <legend>{trans.__('Size')}</legend>
      {sizes.length > 1 && (
        <Field id={controlId(idPrefix, 'size')} label={trans.__('Size')}>
          {attributes => (
            <select
              {...attributes}
              value={draft.size}
              onChange={event => model.change({ size: event.currentTarget.value, resources: {} })}
            >
              {sizes.map(name => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {Object.entries(range.limits).map(([resource, limit]) => {
        const { size, suffix } = unitOf(resource);
        const request = range.requests[resource] ?? limit;
        const unasked = short(quantityValue(request) / size);
        const isFixed = quantityValue(request) === quantityValue(limit);
        const name = resourceName(resource, trans);
        const unit = suffix === '' ? '' : `${suffix}B`;
        return (
          <Field
            key={resource}
            id={controlId(idPrefix, `resources.${resource}`)}
            label={unit === '' ? capital(name) : trans.__('%1, %2', capital(name), unit)}
            hint={
              isFixed
                ? trans.__('Always %1.', quantity(resource, limit, trans))
                : trans.__('%1 to %2.', unasked, short(quantityValue(limit) / size))
            }
            problem={model.problem(`resources.${resource}`)}
          >
            {attributes => (
              <input
                {...attributes}
                type="text"
                inputMode="decimal"
                autoComplete="off"
                disabled={isFixed}
                placeholder={unasked}
                value={draft.resources[resource] ?? ''}
                onChange={event =>
                  model.change(
                    { resources: { ...draft.resources, [resource]: event.currentTarget.value } },
                    `resources.${resource}`
                  )
                }
              />
            )}
          </Field>
        );
      })}
    </fieldset>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
