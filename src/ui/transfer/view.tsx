/** The table of variables that can be brought along. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRequirement } from '@jupyterlab-runtimes/core';

import type { IPlanRow } from '../../runtime/transferPlan';
import { canGo } from '../../runtime/transferPlan';
import { sentence } from '../format';
import { useSignals } from '../useSignal';
import type { TransferModel } from './model';
import { bytesText, durationText, howText, keyText, timeText } from './texts';

export interface ITransferViewProps {
  readonly model: TransferModel;
  readonly trans: TranslationBundle;
}

export function TransferView({
  model,
  lead,
  trans
}: ITransferViewProps & { readonly lead: string }): React.JSX.Element {
  useSignals(model.changed);
  const { offer } = model;
  return (
    <div className="jp-RuntimesTransfer-body">
      <p className="jp-RuntimesTransfer-lead">{lead}</p>
      <WhenBusy model={model} trans={trans} />
      <ForeignCode model={model} trans={trans} />
      {model.hasFilter && (
        <input
          type="text"
          className="jp-RuntimesTransfer-filter"
          aria-label={trans.__('Filter by name or type')}
          placeholder={trans.__('Filter by name or type')}
          autoComplete="off"
          spellCheck={false}
          value={model.query}
          onChange={event => (model.query = event.currentTarget.value)}
        />
      )}
      <Table model={model} trans={trans} />
      {offer.lookError !== null && (
        <p className="jp-RuntimesTransfer-note">
          {trans.__('A closer look was not possible: %1', sentence(offer.lookError))}
        </p>
      )}
      <p className="jp-RuntimesTransfer-sum" role="status">
        {sumText(model, trans)}
      </p>
    </div>
  );
}

function sumText(model: TransferModel, trans: TranslationBundle): string {
  const { names, bytes, seconds, fits, offer } = model;
  if (names.length === 0) {
    return trans.__('Nothing is chosen.');
  }
  const count = trans._n('%1 variable', '%1 variables', names.length);
  const size = bytes > 0 ? bytesText(bytes, trans) : '';
  const parts = [count, size, durationText(seconds, trans)].filter(Boolean).join(' · ');
  return fits
    ? parts
    : trans.__(
        '%1. That is more than the %2 that “%3” has room for: leave some.',
        parts,
        bytesText(offer.freeBytes, trans),
        offer.targetLabel
      );
}

/** A running cell: wait for its end, or not. */
function WhenBusy({ model, trans }: ITransferViewProps): React.JSX.Element | null {
  const { isBusy, canForkSource } = model.offer;
  if (!isBusy) {
    return null;
  }
  const choices = [
    { now: false, label: trans.__('when the running cell has ended') },
    { now: true, label: trans.__('now, in the middle of the cell') }
  ];
  return (
    <fieldset className="jp-RuntimesTransfer-when">
      <legend>{trans.__('“%1” is busy. Bring the variables:', model.offer.sourceLabel)}</legend>
      {choices.map(({ now, label }) => (
        <label key={String(now)}>
          <input
            type="radio"
            name="jp-RuntimesTransfer-when"
            checked={model.now === now}
            disabled={now && !canForkSource}
            onChange={() => (model.now = now)}
          />
          {label}
        </label>
      ))}
      {!canForkSource && (
        <span className="jp-RuntimesTransfer-note">
          {trans.__('This runtime can’t be read in the middle of a cell.')}
        </span>
      )}
    </fieldset>
  );
}

/** Of another's snapshot: the code that it brings, to be seen before it may run. */
function ForeignCode({ model, trans }: ITransferViewProps): React.JSX.Element | null {
  const { foreignCode } = model.offer;
  const [wasSeen, setSeen] = React.useState(false);
  if (foreignCode === null) {
    return null;
  }
  const texts = Object.entries(foreignCode);
  return (
    <div className="jp-RuntimesTransfer-foreign">
      <Origin model={model} trans={trans} />
      <p>
        {trans.__(
          'This snapshot was not made by you. Data is loaded; functions, classes and whatever else runs code stay, unless you accept them.'
        )}
      </p>
      {texts.length > 0 && (
        <details onToggle={event => setSeen(seen => seen || event.currentTarget.open)}>
          <summary>
            {trans._n(
              'Show the code that it brings (%1 text)',
              'Show the code that it brings (%1 texts)',
              texts.length
            )}
          </summary>
          <pre tabIndex={0}>{texts.map(([, text]) => text).join('\n\n')}</pre>
        </details>
      )}
      <label>
        <input
          type="checkbox"
          checked={model.acceptsCode}
          disabled={texts.length > 0 && !wasSeen}
          onChange={event => (model.acceptsCode = event.currentTarget.checked)}
        />
        {wasSeen || texts.length === 0
          ? trans.__('I trust where this comes from: load its code, too')
          : trans.__('Load its code, too (look at it first)')}
      </label>
      <Sender model={model} trans={trans} />
    </div>
  );
}

/** Where another's snapshot comes from, as far as that can be said. */
function Origin({ model, trans }: ITransferViewProps): React.JSX.Element | null {
  const { origin } = model.offer;
  if (origin === null) {
    return null;
  }
  const { fingerprint, createdAt, environment } = origin;
  return (
    <p className="jp-RuntimesTransfer-note">
      {trans.__('It says that it was made at %1, with %2.', timeText(createdAt), environment)}{' '}
      {fingerprint === null ? (
        trans.__('Nobody has signed it in a way that can be checked here.')
      ) : (
        <>
          {trans.__('It is signed with the key')} <code>{keyText(fingerprint)}</code>.
        </>
      )}
    </p>
  );
}

/** Trust whoever has the key, not this snapshot alone. */
function Sender({ model, trans }: ITransferViewProps): React.JSX.Element | null {
  const { offer, acceptsCode, senderName } = model;
  const fingerprint = offer.origin?.fingerprint ?? null;
  if (fingerprint === null || !acceptsCode) {
    return null;
  }
  return (
    <>
      <label>
        <input
          type="checkbox"
          checked={senderName !== null}
          onChange={event => (model.senderName = event.currentTarget.checked ? '' : null)}
        />
        {trans.__('From now on trust all that is signed with this key, unasked')}
      </label>
      {senderName !== null && (
        <input
          type="text"
          className="jp-RuntimesTransfer-filter"
          aria-label={trans.__('Whose key it is')}
          placeholder={trans.__('Whose key it is')}
          maxLength={200}
          value={senderName}
          onChange={event => (model.senderName = event.currentTarget.value)}
        />
      )}
    </>
  );
}

function Table({ model, trans }: ITransferViewProps): React.JSX.Element {
  const [focused, setFocused] = React.useState<string | null>(null);
  const body = React.useRef<HTMLTableSectionElement>(null);
  const { rows, all } = model;
  const stop = rows.some(({ name }) => name === focused) ? focused : (rows[0]?.name ?? null);
  const { installs } = model;
  const header = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (header.current !== null) {
      header.current.indeterminate = all === 'some';
    }
  }, [all]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const boxes = [...(body.current?.querySelectorAll<HTMLElement>('input') ?? [])];
    const at = boxes.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
    if (at >= 0 && to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      boxes[Math.max(0, Math.min(to, boxes.length - 1))]?.focus();
    }
  };

  return (
    <div className="jp-RuntimesTransfer-scroll">
      <table className="jp-RuntimesTransfer-table" aria-label={trans.__('Variables')}>
        <thead>
          <tr>
            <th scope="col" className="jp-RuntimesTransfer-box">
              <input
                ref={header}
                type="checkbox"
                aria-label={trans.__('All variables')}
                checked={all === 'all'}
                disabled={!rows.some(row => model.can(row))}
                onChange={() => model.toggleAll()}
              />
            </th>
            <th scope="col" className="jp-RuntimesTransfer-name">
              {trans.__('Name')}
            </th>
            <th scope="col" className="jp-RuntimesTransfer-type">
              {trans.__('Type')}
            </th>
            <th scope="col" className="jp-RuntimesTransfer-size">
              {trans.__('Size')}
            </th>
            <th scope="col" className="jp-RuntimesTransfer-how">
              {trans.__('How it goes')}
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {rows.map(row => (
            <Row
              key={row.name}
              row={row}
              model={model}
              trans={trans}
              isTabStop={row.name === stop}
              waiting={installs.get(row.name)}
              onFocus={() => setFocused(row.name)}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p className="jp-RuntimesTransfer-note">{trans.__('Nothing matches “%1”.', model.query)}</p>
      )}
    </div>
  );
}

interface IRowProps extends ITransferViewProps {
  readonly row: IPlanRow;
  readonly isTabStop: boolean;
  /** So many variables wait for what is missing here; undefined where another row offers to install it, or nothing is missing. */
  readonly waiting: number | undefined;
  readonly onFocus: () => void;
}

function Row({ row, model, trans, isTabStop, waiting, onFocus }: IRowProps): React.JSX.Element {
  const { offer } = model;
  const isAble = model.can(row);
  const isLooking = offer.look === 'looking';
  const how =
    !isAble && canGo(row)
      ? trans.__('stays: it brings code that you have not accepted')
      : howText(row, offer.targetLabel, isLooking, trans);
  return (
    <tr className={`jp-RuntimesTransfer-row${isAble ? '' : ' jp-mod-stays'}`}>
      <td className="jp-RuntimesTransfer-box">
        <input
          type="checkbox"
          tabIndex={isTabStop ? 0 : -1}
          aria-label={[row.name, row.type, how].filter(Boolean).join(', ')}
          // Not `disabled`: the reason is to be reached by keyboard.
          aria-disabled={!isAble}
          checked={model.isTicked(row)}
          onFocus={onFocus}
          onChange={() => model.toggle(row)}
        />
      </td>
      <th scope="row" className="jp-RuntimesTransfer-name" title={row.name}>
        <code>{row.name}</code>
      </th>
      <td className="jp-RuntimesTransfer-type" title={row.type}>
        {row.type}
      </td>
      <td className="jp-RuntimesTransfer-size">{bytesText(row.sizeBytes, trans)}</td>
      <td className="jp-RuntimesTransfer-how">
        <span>{how}</span>
        {row.isSecretLike && (
          <span className="jp-RuntimesTransfer-secret">
            {row.secretReason === ''
              ? trans.__('It looks like a secret: tick it if it may leave.')
              : trans.__('It may be a secret: %1. Tick it if it may leave.', row.secretReason)}
          </span>
        )}
        {row.replaces && isAble && (
          <span className="jp-RuntimesTransfer-note">
            {trans.__('replaces the one in “%1”', offer.targetLabel)}
          </span>
        )}
        {row.obstacle?.kind === 'missing' && waiting !== undefined && (
          <Install
            model={model}
            requirement={row.obstacle.requirement}
            waiting={waiting}
            trans={trans}
          />
        )}
      </td>
    </tr>
  );
}

function Install({
  model,
  requirement,
  waiting,
  trans
}: ITransferViewProps & {
  readonly requirement: IRequirement;
  readonly waiting: number;
}): React.JSX.Element {
  const state = model.installation(requirement);
  const button = React.useRef<HTMLButtonElement>(null);
  // It goes when what was missing is there: the focus stays in its row.
  React.useLayoutEffect(() => {
    const node = button.current;
    return () => {
      if (node !== null && document.activeElement === node) {
        node.closest('tr')?.querySelector('input')?.focus();
      }
    };
  }, []);
  return (
    <span className="jp-RuntimesTransfer-install">
      <button
        ref={button}
        type="button"
        className="jp-RuntimesTransfer-textButton"
        // Not `disabled`: the focus would be lost.
        aria-disabled={state === ''}
        onClick={() => void model.install(requirement)}
      >
        {state === ''
          ? trans.__('Installing %1…', requirement.name)
          : trans._n(
              'Install %2 there',
              'Install %2 there (for %1 variables)',
              waiting,
              requirement.name
            )}
      </button>
      {state !== null && state !== '' && (
        <span role="alert" className="jp-RuntimesTransfer-failure">
          {state}
        </span>
      )}
    </span>
  );
}
