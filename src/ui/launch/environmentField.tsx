/** Which environment: those that can't be started here say why. */
import * as React from 'react';

import { plainText } from '../../runtime/plainText';
import type { IRuntimeChoice } from '../../tokens';
import { Field } from './field';
import type { ILaunchFormProps } from './props';
import { controlId } from './props';

export function EnvironmentField({ model, idPrefix, trans }: ILaunchFormProps): React.JSX.Element {
  const { choices, choice } = model;
  const places = [...new Set(choices.map(({ provider }) => provider))];
  const isBlocked = choice !== null && choice.unavailableReason !== '';
  const [only] = places;
  const options = (of: readonly IRuntimeChoice[]) =>
    of.map(({ kernelName, title, unavailableReason, environment }) => (
      <option key={kernelName} value={kernelName} disabled={unavailableReason !== ''}>
        {unavailableReason !== ''
          ? trans.__('%1 (not available)', title)
          : environment?.isDeprecated
            ? trans.__('%1 (deprecated)', title)
            : title}
      </option>
    ));
  const blocked = choices.filter(({ unavailableReason }) => unavailableReason !== '');
  return (
    <>
      <Field
        id={controlId(idPrefix, 'environment')}
        label={trans.__('Environment')}
        hint={
          choice === null || isBlocked
            ? undefined
            : plainText(choice.environment?.description ?? choice.description)
        }
        problem={
          choice === null
            ? trans.__('No place offers an environment at present.')
            : choice.unavailableReason
        }
      >
        {attributes => (
          <select
            {...attributes}
            value={choice?.kernelName ?? ''}
            onChange={event => model.choose(event.currentTarget.value)}
          >
            {places.length === 1 && only !== undefined
              ? options(choices)
              : places.map(provider => (
                  <optgroup key={provider.id} label={provider.label}>
                    {options(choices.filter(one => one.provider === provider))}
                  </optgroup>
                ))}
          </select>
        )}
      </Field>
      {blocked.length > 0 && (
        <details className="jp-RuntimesLaunch-blocked">
          <summary>
            {trans._n(
              'Why one environment is not available',
              'Why %1 environments are not available',
              blocked.length
            )}
          </summary>
          <dl>
            {blocked.map(({ kernelName, title, unavailableReason }) => (
              <React.Fragment key={kernelName}>
                <dt>{title}</dt>
                <dd>{unavailableReason}</dd>
              </React.Fragment>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}
