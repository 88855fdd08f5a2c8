/** The side panel of snapshots: by where they are kept, with what can be done with each. */
import { ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { ISnapshotEntry } from '../../tokens';
import { agoText, sentence } from '../format';
import { FocusKeeper } from '../sidebar/focusKeeper';
import { bytesText } from '../transfer/texts';
import { useNow, useSignals } from '../useSignal';
import type { SnapshotActions } from './actions';
import { snapshotIcon } from './icon';
import type { INamedShelf, IShelfContent, SnapshotsModel } from './model';

export interface ISnapshotsPanelProps {
  readonly model: SnapshotsModel;
  readonly actions: SnapshotActions;
  readonly trans: TranslationBundle;
  /** Of the current document. */
  readonly take: () => void;
  readonly load: (shelf: INamedShelf, entry: ISnapshotEntry) => void;
}

export class SnapshotsPanel extends ReactWidget {
  static readonly ID = 'jupyterlab-runtimes-snapshots';

  constructor(private readonly props: ISnapshotsPanelProps) {
    super();
    const { trans } = props;
    this.id = SnapshotsPanel.ID;
    this.addClass('jp-RuntimesSnapshots');
    this.title.icon = snapshotIcon;
    this.title.caption = trans.__('Snapshots');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Snapshots'));
  }

  /** Nothing is listed before somebody looks. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this.props.model.refresh();
  }

  override dispose(): void {
    this.focusKeeper.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return <SnapshotsView {...this.props} onRendered={() => this.restoreFocus()} />;
  }

  private restoreFocus(): void {
    if (this.isVisible) {
      this.focusKeeper.restore();
    }
  }

  private readonly focusKeeper = new FocusKeeper(this.node);
}

export function SnapshotsView({
  onRendered,
  ...props
}: ISnapshotsPanelProps & { readonly onRendered: () => void }): React.JSX.Element {
  const { model, trans, take } = props;
  useSignals(model.changed);
  React.useLayoutEffect(onRendered);
  const { contents } = model;
  const count = contents.reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <>
      <div className="jp-RuntimesSnapshots-title">
        <h2>{trans.__('Snapshots')}</h2>
        <button
          type="button"
          className="jp-RuntimesSidebar-button"
          aria-label={trans.__('Refresh the list of snapshots')}
          title={trans.__('Refresh the list of snapshots')}
          onClick={() => void model.refresh()}
        >
          <refreshIcon.react tag={null} />
        </button>
      </div>
      <div className="jp-RuntimesSnapshots-actions">
        <button type="button" className="jp-RuntimesTransfer-textButton" onClick={take}>
          {trans.__('Take a snapshot')}
        </button>
        <span className="jp-RuntimesTransfer-note">
          {trans.__('of the runtime of the current notebook')}
        </span>
      </div>
      <div className="jp-RuntimesSnapshots-list">
        {contents.map(content => (
          <Shelf key={content.id} {...props} content={content} />
        ))}
      </div>
      <span className="jp-Runtimes-visuallyHidden" role="status">
        {trans._n('%1 snapshot', '%1 snapshots', count)}
      </span>
    </>
  );
}

function Shelf({
  content,
  ...props
}: ISnapshotsPanelProps & { readonly content: IShelfContent }): React.JSX.Element {
  const { trans, actions } = props;
  const { label, entries, error } = content;
  const file = React.useRef<HTMLInputElement>(null);
  return (
    <section aria-label={label} className="jp-RuntimesSnapshots-shelf">
      <div className="jp-RuntimesSnapshots-shelfHead">
        <h3>{label}</h3>
        <button
          type="button"
          className="jp-RuntimesTransfer-textButton"
          aria-label={trans.__('Import a snapshot into %1', label)}
          onClick={() => file.current?.click()}
        >
          {trans.__('Import…')}
        </button>
        <input
          ref={file}
          type="file"
          accept=".jrs"
          hidden
          aria-label={trans.__('Snapshot file for %1', label)}
          onChange={event => {
            const [chosen] = event.currentTarget.files ?? [];
            if (chosen !== undefined) {
              void actions.import(content, chosen);
            }
            // The same file can be chosen again.
            event.currentTarget.value = '';
          }}
        />
      </div>
      {error !== null && <p className="jp-RuntimesSnapshots-error">{sentence(error)}</p>}
      {entries.length === 0 && error === null && (
        <p className="jp-RuntimesTransfer-note">{trans.__('Nothing is kept here.')}</p>
      )}
      <ul>
        {entries.map(entry => (
          <Row key={entry.id} {...props} shelf={content} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

interface IRowProps extends ISnapshotsPanelProps {
  readonly shelf: INamedShelf;
  readonly entry: ISnapshotEntry;
}

function Row({ shelf, entry, trans, actions, load }: IRowProps): React.JSX.Element {
  const now = useNow();
  const { name } = entry;
  const ago = agoText(entry.createdAt, now, trans);
  const details = [
    entry.runtimeName,
    ago,
    trans._n('%1 variable', '%1 variables', entry.variables),
    bytesText(entry.sizeBytes, trans)
  ].filter(Boolean);
  const marks = [
    kindText(entry, trans),
    entry.isOwn ? '' : trans.__('not yours: data only, unless you accept its code'),
    entry.midCell ? trans.__('taken in the middle of a cell') : '',
    entry.skipped.length === 0
      ? ''
      : trans._n('%1 variable left out', '%1 variables left out', entry.skipped.length)
  ].filter(Boolean);
  const buttons = [
    {
      label: trans.__('Load'),
      about: trans.__('Load %1 into the current notebook’s runtime', name),
      run: () => load(shelf, entry)
    },
    {
      label: trans.__('Start'),
      about: trans.__('Start a runtime from %1', name),
      run: () => void actions.start(shelf, entry)
    },
    {
      label: trans.__('Rename'),
      about: trans.__('Rename %1', name),
      run: () => void actions.rename(shelf, entry)
    },
    {
      label: trans.__('Describe'),
      about: trans.__('Describe %1', name),
      run: () => void actions.describe(shelf, entry)
    },
    {
      label: trans.__('Export'),
      about: trans.__('Export %1', name),
      run: () => void actions.export(shelf, entry)
    },
    {
      label: trans.__('Delete'),
      about: trans.__('Delete %1', name),
      run: () => void actions.remove(shelf, entry)
    }
  ];
  return (
    <li className="jp-RuntimesSnapshots-row" data-runtimes-row="" tabIndex={-1} aria-label={name}>
      <div className="jp-RuntimesSnapshots-name" title={name}>
        {name}
      </div>
      <div className="jp-RuntimesTransfer-note">{details.join(' · ')}</div>
      {marks.map(mark => (
        <div key={mark} className="jp-RuntimesTransfer-note">
          {mark}
        </div>
      ))}
      {entry.description !== '' && (
        <div className="jp-RuntimesSnapshots-description">{entry.description}</div>
      )}
      <div className="jp-RuntimesSnapshots-buttons" role="group" aria-label={trans.__('Actions')}>
        {buttons.map(({ label, about, run }) => (
          <button
            key={label}
            type="button"
            className="jp-RuntimesTransfer-textButton"
            aria-label={about}
            title={about}
            onClick={run}
          >
            {label}
          </button>
        ))}
      </div>
    </li>
  );
}

function kindText({ kind }: ISnapshotEntry, trans: TranslationBundle): string {
  switch (kind) {
    case 'pause':
      return trans.__('taken when it was paused');
    case 'safety':
      return trans.__('taken by the service, to be safe');
    case 'auto':
      return trans.__('follows its notebook by itself');
    case 'manual':
      return '';
  }
}
