/** The picker's search box and list: an editable combobox with an open listbox (WAI-ARIA APG). */
import type { LabIcon } from '@jupyterlab/ui-components';
import { addIcon, searchIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { PLACE_ICONS, STATE_ICONS } from '../icons';
import { useNow, useSignals } from '../useSignal';
import type { Move, PickerModel } from './model';
import type { IPickerGroup, PickerOption } from './options';
import { flatten, isChoosable } from './options';
import type { IOptionTexts } from './texts';
import { countText, groupLabel, optionTexts, sectionTitle } from './texts';

const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  PageDown: 'pageDown',
  PageUp: 'pageUp'
};

export interface IPickerViewProps {
  readonly model: PickerModel;
  /** Makes the ids of this picker's elements unique in the page. */
  readonly idPrefix: string;
  readonly trans: TranslationBundle;
  /** The user took the active option. */
  readonly onTake: () => void;
}

export function PickerView(props: IPickerViewProps): React.JSX.Element {
  const { model, idPrefix, trans } = props;
  useSignals(model.changed);
  const input = React.useRef<HTMLInputElement>(null);
  // The dialog looks for the box before a busy page has rendered it.
  React.useEffect(() => input.current?.focus(), []);
  const listId = `${idPrefix}-list`;
  const options = flatten(model.groups);
  const activeIndex = options.findIndex(({ key }) => key === model.activeKey);

  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    // With text in the box, Home and End belong to its caret.
    const isEdge = model.query === '' || event.ctrlKey || event.metaKey;
    const move =
      MOVES[event.key] ??
      (isEdge && event.key === 'Home'
        ? 'first'
        : isEdge && event.key === 'End'
          ? 'last'
          : undefined);
    if (move !== undefined && !event.nativeEvent.isComposing) {
      event.preventDefault();
      model.move(move);
    }
  };

  return (
    <div className="jp-RuntimesPicker-body">
      <div className="jp-RuntimesPicker-search">
        <searchIcon.react tag="span" className="jp-RuntimesPicker-searchIcon" />
        <input
          ref={input}
          type="text"
          className="jp-RuntimesPicker-input"
          role="combobox"
          aria-expanded={true}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={activeIndex < 0 ? undefined : optionId(idPrefix, activeIndex)}
          aria-label={trans.__('Search runtimes')}
          placeholder={trans.__('Search by name, place, language or notebook')}
          autoComplete="off"
          spellCheck={false}
          value={model.query}
          onChange={event => (model.query = event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <span className="jp-RuntimesPicker-count" role="status">
          {model.query === '' ? '' : countText(options.length, trans)}
        </span>
      </div>
      <GroupList {...props} listId={listId} options={options} />
    </div>
  );
}

interface IGroupListProps extends IPickerViewProps {
  readonly listId: string;
  readonly options: readonly PickerOption[];
}

function GroupList({ listId, options, ...props }: IGroupListProps): React.JSX.Element {
  const { model, idPrefix, trans } = props;
  let index = 0;
  return (
    <div
      id={listId}
      className="jp-RuntimesPicker-list"
      role="listbox"
      aria-label={trans.__('Runtimes')}
      // The keys are the search box's: a click must not take the focus from it.
      onMouseDown={event => event.preventDefault()}
    >
      {model.groups.map((group, position) => {
        const first = index;
        index += group.options.length;
        return (
          <Group
            {...props}
            key={group.key}
            group={group}
            startsPlace={group.provider !== model.groups[position - 1]?.provider}
            firstIndex={first}
          />
        );
      })}
      {options.length === 0 && (
        <div
          className="jp-RuntimesPicker-empty"
          role="option"
          aria-disabled={true}
          aria-selected={false}
          id={`${idPrefix}-empty`}
        >
          {trans.__('Nothing matches “%1”.', model.query)}
        </div>
      )}
    </div>
  );
}

interface IGroupProps extends IPickerViewProps {
  readonly group: IPickerGroup;
  readonly startsPlace: boolean;
  readonly firstIndex: number;
}

function Group({ group, startsPlace, firstIndex, ...props }: IGroupProps): React.JSX.Element {
  const { trans } = props;
  const title = sectionTitle(group.section, trans);
  const PlaceIcon = group.provider === null ? null : PLACE_ICONS[group.provider.place];
  return (
    <div role="group" aria-label={groupLabel(group, trans)} className="jp-RuntimesPicker-group">
      {startsPlace && group.provider !== null && PlaceIcon !== null && (
        <div className="jp-RuntimesPicker-place" aria-hidden={true} title={group.provider.label}>
          <PlaceIcon.react tag="span" className="jp-RuntimesPicker-placeIcon" />
          <span className="jp-RuntimesPicker-placeLabel">{group.provider.label}</span>
        </div>
      )}
      {title !== '' && (
        <div className="jp-RuntimesPicker-section" aria-hidden={true}>
          {title}
        </div>
      )}
      {group.options.map((option, offset) => (
        <OptionRow {...props} key={option.key} option={option} index={firstIndex + offset} />
      ))}
    </div>
  );
}

interface IOptionRowProps extends IPickerViewProps {
  readonly option: PickerOption;
  readonly index: number;
}

function OptionRow({
  option,
  index,
  model,
  idPrefix,
  trans,
  onTake
}: IOptionRowProps): React.JSX.Element {
  const now = useNow();
  const row = React.useRef<HTMLDivElement>(null);
  const isActive = option.key === model.activeKey;
  React.useEffect(() => {
    if (isActive) {
      // jsdom has no layout, hence no scrollIntoView.
      row.current?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [isActive]);

  const isRetrying = option.kind === 'place' && model.isRetrying(option.provider);
  const texts = optionTexts(option, now, isRetrying, trans);
  const isCurrent = (option.kind === 'runtime' || option.kind === 'none') && option.isCurrent;
  const isEnabled = isChoosable(option) && !isRetrying;
  const Icon = optionIcon(option, texts);
  const classes = ['jp-RuntimesPicker-option', `jp-mod-${option.kind}`];
  if (isActive) {
    classes.push('jp-mod-active');
  }
  return (
    <div
      ref={row}
      id={optionId(idPrefix, index)}
      className={classes.join(' ')}
      role="option"
      aria-selected={isActive}
      aria-disabled={!isEnabled}
      aria-current={isCurrent ? 'true' : undefined}
      title={[texts.title, texts.detail].filter(Boolean).join('\n')}
      onClick={() => {
        model.activate(option.key);
        if (isEnabled) {
          onTake();
        }
      }}
    >
      <span
        className={`jp-RuntimesPicker-icon${texts.state === null ? '' : ` jp-Runtimes-state jp-mod-${texts.state}`}`}
      >
        {Icon !== null && <Icon.react tag={null} />}
      </span>
      <span className="jp-RuntimesPicker-text">
        <span className="jp-RuntimesPicker-title">{texts.title}</span>
        {texts.detail !== '' && <span className="jp-RuntimesPicker-detail">{texts.detail}</span>}
      </span>
      {texts.mark !== '' && (
        <span className="jp-RuntimesPicker-mark">{isCurrent ? `✓ ${texts.mark}` : texts.mark}</span>
      )}
    </div>
  );
}

function optionIcon(option: PickerOption, { state, place }: IOptionTexts): LabIcon | null {
  if (state !== null) {
    return STATE_ICONS[state];
  }
  return place !== null
    ? PLACE_ICONS[place]
    : option.kind === 'start' || option.kind === 'launch-form'
      ? addIcon
      : null;
}

function optionId(idPrefix: string, index: number): string {
  return `${idPrefix}-option-${index}`;
}
