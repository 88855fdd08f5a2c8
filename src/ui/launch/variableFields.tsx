/** Environment variables: names in the open, values not, until the user wants to see them. */
import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IVariableDraft } from './draft';
import { Check } from './field';
import type { ILaunchFormProps } from './props';
import { controlId } from './props';

export function VariableFields(props: ILaunchFormProps): React.JSX.Element {
  const { model, idPrefix, trans } = props;
  const { variables } = model.draft;
  const [isOpen, setOpen] = React.useState(false);
  const added = React.useRef<HTMLInputElement>(null);
  const add = React.useRef<HTMLButtonElement>(null);
  const isAdded = React.useRef(false);
  React.useEffect(() => {
    if (isAdded.current) {
      isAdded.current = false;
      added.current?.focus();
    }
  }, [variables.length]);
  return (
    <fieldset>
      <legend>{trans.__('Environment variables')}</legend>
      {variables.map((variable, index) => (
        <VariableRow
          {...props}
          key={variable.id}
          variable={variable}
          isOpen={isOpen}
          nameRef={index === variables.length - 1 ? added : undefined}
          onRemove={() => {
            model.change({ variables: variables.filter(({ id }) => id !== variable.id) });
            add.current?.focus();
          }}
        />
      ))}
      <button
        ref={add}
        type="button"
        className="jp-RuntimesLaunch-add"
        onClick={() => {
          isAdded.current = true;
          model.addVariable();
        }}
      >
        <addIcon.react tag="span" className="jp-RuntimesLaunch-addIcon" />
        {trans.__('Add a variable')}
      </button>
      {variables.length > 0 && (
        <Check
          id={controlId(idPrefix, 'showValues')}
          label={trans.__('Show the values')}
          checked={isOpen}
          onChange={setOpen}
        />
      )}
    </fieldset>
  );
}

interface IVariableRowProps extends ILaunchFormProps {
  readonly variable: IVariableDraft;
  readonly isOpen: boolean;
  readonly nameRef: React.RefObject<HTMLInputElement> | undefined;
  readonly onRemove: () => void;
}

function VariableRow(props: IVariableRowProps): React.JSX.Element {
  const { model, idPrefix, trans, variable, isOpen, nameRef, onRemove } = props;
  const { id, name, value } = variable;
  const change = (change: Partial<IVariableDraft>, field: string) =>
    model.change(
      {
        variables: model.draft.variables.map(one => (one.id === id ? { ...one, ...change } : one))
      },
      `variables.${id}.${field}`
    );
  const problems = (['name', 'value'] as const).map(field => ({
    id: `${controlId(idPrefix, `variables.${id}.${field}`)}-problem`,
    text: model.problem(`variables.${id}.${field}`)
  }));
  const [nameProblem, valueProblem] = problems;
  return (
    <div
      className="jp-RuntimesLaunch-variable"
      role="group"
      aria-label={name || trans.__('Variable')}
    >
      <input
        ref={nameRef}
        id={controlId(idPrefix, `variables.${id}.name`)}
        type="text"
        aria-label={trans.__('Name of the variable')}
        aria-describedby={nameProblem?.text ? nameProblem.id : undefined}
        aria-invalid={nameProblem?.text ? true : undefined}
        placeholder={trans.__('NAME')}
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={event => change({ name: event.currentTarget.value }, 'name')}
      />
      <input
        id={controlId(idPrefix, `variables.${id}.value`)}
        type={isOpen ? 'text' : 'password'}
        aria-label={name === '' ? trans.__('Value') : trans.__('Value of %1', name)}
        aria-describedby={valueProblem?.text ? valueProblem.id : undefined}
        aria-invalid={valueProblem?.text ? true : undefined}
        placeholder={trans.__('value')}
        autoComplete="new-password"
        spellCheck={false}
        value={value}
        onChange={event => change({ value: event.currentTarget.value }, 'value')}
      />
      <button
        type="button"
        className="jp-RuntimesSidebar-button"
        aria-label={name === '' ? trans.__('Remove the variable') : trans.__('Remove %1', name)}
        onClick={onRemove}
      >
        <closeIcon.react tag={null} />
      </button>
      {problems.map(problem => (
        <div key={problem.id} id={problem.id} className="jp-RuntimesLaunch-problem" role="alert">
          {problem.text}
        </div>
      ))}
    </div>
  );
}
