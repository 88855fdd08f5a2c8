/** One place: how it is, what runs there, and how to start something. */
import { addIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRuntimeModel, IRuntimeProvider } from '../../tokens';
import { PLACE_ICONS } from '../icons';
import { useSignals } from '../useSignal';
import type { Execute } from './row';
import { RuntimeRow } from './row';

export interface IPlaceSectionProps {
  readonly provider: IRuntimeProvider;
  readonly runtimes: readonly IRuntimeModel[];
  /** Whether something can be started there. */
  readonly canStart: boolean;
  /** The row that Tab reaches, among those of all places. */
  readonly tabStop: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly trans: TranslationBundle;
  readonly execute: Execute;
  /** Offer what can be started, beside the element. */
  readonly onStart: (provider: IRuntimeProvider, beside: HTMLElement) => void;
  readonly onFocus: (row: string) => void;
}

/** The key of a place's own row. */
export function placeRow(provider: IRuntimeProvider): string {
  return `place/${provider.id}`;
}

export function PlaceSection(props: IPlaceSectionProps): React.JSX.Element {
  const { provider, runtimes, tabStop, now, trans, execute, onFocus } = props;
  useSignals(provider.statusChanged);
  return (
    <div role="rowgroup" aria-label={provider.label} className="jp-RuntimesSidebar-place">
      <PlaceHeader {...props} />
      {runtimes.map(runtime => (
        <RuntimeRow
          key={runtime.key}
          runtime={runtime}
          now={now}
          isTabStop={tabStop === runtime.key}
          trans={trans}
          execute={execute}
          onFocus={() => onFocus(runtime.key)}
        />
      ))}
    </div>
  );
}

function PlaceHeader(props: IPlaceSectionProps): React.JSX.Element {
  const { provider, runtimes, canStart, tabStop, trans, onFocus, onStart } = props;
  const [isRetrying, retry] = useRetry(provider);
  const { label, status, lastError } = provider;
  const row = placeRow(provider);
  const tabIndex = tabStop === row ? 0 : -1;
  const PlaceIcon = PLACE_ICONS[provider.place];
  const isEmpty = runtimes.length === 0 && status === 'connected';
  return (
    <div
      role="row"
      className="jp-RuntimesSidebar-header"
      data-runtimes-row=""
      tabIndex={tabIndex}
      onFocus={() => onFocus(row)}
    >
      <div role="rowheader" className="jp-RuntimesSidebar-placeLabel" title={label}>
        <PlaceIcon.react tag="span" className="jp-RuntimesSidebar-placeIcon" />
        <span className="jp-RuntimesSidebar-ellipsis">{label}</span>
      </div>
      <div role="gridcell" className="jp-RuntimesSidebar-actions">
        {canStart && !isEmpty && (
          <button
            type="button"
            className="jp-RuntimesSidebar-button"
            tabIndex={tabIndex}
            aria-label={trans.__('Start a runtime on %1', label)}
            title={trans.__('Start a runtime on %1', label)}
            onClick={event => onStart(provider, event.currentTarget)}
          >
            <addIcon.react tag={null} />
          </button>
        )}
      </div>
      {(status === 'connecting' || isRetrying) && (
        <div role="gridcell" className="jp-RuntimesSidebar-note">
          {trans.__('Connecting…')}
        </div>
      )}
      {status === 'failed' && !isRetrying && (
        <div role="gridcell" className="jp-RuntimesSidebar-note jp-mod-error">
          <span>{lastError?.message ?? trans.__('%1 does not answer.', label)}</span>
          <button
            type="button"
            className="jp-RuntimesSidebar-textButton"
            tabIndex={tabIndex}
            aria-label={trans.__('Try %1 again', label)}
            onClick={retry}
          >
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {isEmpty && (
        <div role="gridcell" className="jp-RuntimesSidebar-note">
          <span>{trans.__('Nothing runs here.')}</span>
          {canStart && (
            <button
              type="button"
              className="jp-RuntimesSidebar-textButton"
              tabIndex={tabIndex}
              aria-label={trans.__('Start a runtime on %1', label)}
              onClick={event => onStart(provider, event.currentTarget)}
            >
              {trans.__('Start')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Asking a place again: whether that is under way, and how to begin. */
function useRetry(provider: IRuntimeProvider): [boolean, () => void] {
  const [isRetrying, setRetrying] = React.useState(false);
  const retry = async () => {
    setRetrying(true);
    try {
      await provider.refresh();
    } catch {
      // The provider keeps the failure as its `lastError`, which the header shows.
    } finally {
      setRetrying(false);
    }
  };
  return [isRetrying, () => void retry()];
}
