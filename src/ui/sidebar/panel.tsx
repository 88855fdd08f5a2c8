/** The sidebar: all runtimes of all places. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { CommandIDs } from '../../commands';
import type { IRuntimeManager, IRuntimeProvider } from '../../tokens';
import { runtimesIcon } from '../icons';
import { useNow, useSignals } from '../useSignal';
import { moveFocus } from './focus';
import { FocusKeeper } from './focusKeeper';
import { LiveRegion } from './liveRegion';
import { placeRow, PlaceSection } from './place';
import type { Execute } from './row';

export interface IRuntimesPanelProps {
  readonly manager: IRuntimeManager;
  readonly trans: TranslationBundle;
  readonly execute: Execute;
  readonly onStart: (provider: IRuntimeProvider, beside: HTMLElement) => void;
}

/** A Lumino widget for a side area. */
export class RuntimesPanel extends ReactWidget {
  static readonly ID = 'jupyterlab-runtimes-sidebar';

  constructor(private readonly props: IRuntimesPanelProps) {
    super();
    const { trans } = props;
    this.id = RuntimesPanel.ID;
    this.addClass('jp-RuntimesSidebar');
    this.title.icon = runtimesIcon;
    this.title.caption = trans.__('Runtimes');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Runtimes'));
  }

  override dispose(): void {
    this.focusKeeper.dispose();
    super.dispose();
  }

  /** Something was done that may have taken the focus away. */
  restoreFocus(): void {
    if (this.isVisible) {
      this.focusKeeper.restore();
    }
  }

  protected override render(): React.JSX.Element {
    return <RuntimesView {...this.props} onRendered={() => this.restoreFocus()} />;
  }

  private readonly focusKeeper = new FocusKeeper(this.node);
}

export function RuntimesView({
  manager,
  trans,
  execute,
  onStart,
  onRendered
}: IRuntimesPanelProps & { readonly onRendered: () => void }): React.JSX.Element {
  const providers = manager.providers.list();
  useSignals(manager.changed, manager.providers.changed);
  const now = useNow();
  const [focusedRow, setFocusedRow] = React.useState<string | null>(null);
  const rows = providers.flatMap(provider => [
    placeRow(provider),
    ...manager.runtimes.filter(runtime => runtime.provider === provider).map(({ key }) => key)
  ]);
  React.useLayoutEffect(onRendered);
  const tabStop = focusedRow !== null && rows.includes(focusedRow) ? focusedRow : (rows[0] ?? null);

  return (
    <>
      <div className="jp-RuntimesSidebar-title">
        <h2>{trans.__('Runtimes')}</h2>
        <button
          type="button"
          className="jp-RuntimesSidebar-button"
          aria-label={trans.__('Refresh the list of runtimes')}
          title={trans.__('Refresh the list of runtimes')}
          onClick={() => execute(CommandIDs.refresh, {})}
        >
          <refreshIcon.react tag={null} />
        </button>
      </div>
      <div
        role="grid"
        aria-label={trans.__('Runtimes by place')}
        className="jp-RuntimesSidebar-grid"
        onKeyDown={event => {
          if (moveFocus(event.currentTarget, event.key)) {
            event.preventDefault();
            event.stopPropagation();
          }
        }}
      >
        {providers.map(provider => (
          <PlaceSection
            key={provider.id}
            provider={provider}
            runtimes={manager.runtimes.filter(runtime => runtime.provider === provider)}
            canStart={manager.choices.some(choice => choice.provider === provider)}
            tabStop={tabStop}
            now={now}
            trans={trans}
            execute={execute}
            onStart={onStart}
            onFocus={setFocusedRow}
          />
        ))}
      </div>
      <LiveRegion manager={manager} trans={trans} />
    </>
  );
}
