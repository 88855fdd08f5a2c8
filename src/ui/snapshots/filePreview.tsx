/** A `.jrs` file, opened: what it holds, read from its list of contents alone. */
import type { IManifestFile } from '@jupyterlab-runtimes/core';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { describedBy, signersOf, sourcesOf } from '../../runtime/snapshotContent';
import { sentence } from '../format';
import { bytesText } from '../transfer/texts';
import { snapshotIcon } from './icon';

export const JRS_FACTORY = 'Snapshot';
export const JRS_FILE_TYPE = 'jupyterlab-runtimes-snapshot';

/** Read the list of contents of a file.
 *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export type ReadManifest = (file: Blob) => Promise<IManifestFile>;

export interface ISnapshotFileFactoryOptions extends DocumentRegistry.IWidgetFactoryOptions {
  readonly read: ReadManifest;
  readonly trans: TranslationBundle;
  /** Who signed it may be known: whether it is one's own. */
  readonly isOwn: (manifest: IManifestFile) => Promise<boolean>;
}

export class SnapshotFileFactory extends ABCWidgetFactory<DocumentWidget> {
  constructor(private readonly _options: ISnapshotFileFactoryOptions) {
    super(_options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget {
    const content = ReactWidget.create(<SnapshotFile context={context} {...this._options} />);
    content.addClass('jp-RuntimesSnapshotFile');
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = snapshotIcon;
    return widget;
  }
}

interface IContent {
  readonly manifest: IManifestFile;
  readonly isOwn: boolean;
}

function SnapshotFile({
  context,
  read,
  isOwn,
  trans
}: ISnapshotFileFactoryOptions & {
  readonly context: DocumentRegistry.Context;
}): React.JSX.Element {
  const [content, setContent] = React.useState<IContent | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let isGone = false;
    const load = async () => {
      await context.ready;
      const manifest = await read(blobOf(context.model.toString()));
      const known = { manifest, isOwn: await isOwn(manifest) };
      if (!isGone) {
        setContent(known);
      }
    };
    load().catch((failure: unknown) => {
      if (!isGone) {
        setError(failure);
      }
    });
    return () => {
      isGone = true;
    };
  }, [context, read, isOwn]);
  if (error !== null) {
    return <p role="alert">{sentence(error)}</p>;
  }
  return content === null ? (
    <p role="status">{trans.__('Reading…')}</p>
  ) : (
    <SnapshotContent {...content} trans={trans} />
  );
}

export function SnapshotContent({
  manifest: { content, bytes },
  isOwn,
  trans
}: IContent & { readonly trans: TranslationBundle }): React.JSX.Element {
  const { entries } = describedBy(content);
  const sources = Object.entries(sourcesOf(content));
  const signers = signersOf(bytes);
  return (
    <>
      <h2>{trans.__('Snapshot of %1', new Date(content.created_at).toLocaleString())}</h2>
      <p>
        {trans.__(
          'Python %1 on %2. %3. Nothing of it has been loaded.',
          content.python.version,
          content.python.platform,
          trans._n('%1 variable', '%1 variables', entries.length)
        )}
      </p>
      <p>
        {isOwn
          ? trans.__('It is yours, or of somebody whom you trust.')
          : signers.length > 0
            ? trans.__(
                'It is signed by %1, a key that this browser does not have.',
                signers.join(', ')
              )
            : trans.__('Nobody has signed it.')}{' '}
        {!isOwn &&
          trans.__(
            'Import it in the Snapshots panel to load it: its data, and, once you accept it, its code.'
          )}
      </p>
      {content.mid_cell && <p>{trans.__('It was taken in the middle of a running cell.')}</p>}
      <table className="jp-RuntimesTransfer-table" aria-label={trans.__('Variables')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col" className="jp-RuntimesTransfer-size">
              {trans.__('Size')}
            </th>
            <th scope="col">{trans.__('What is to be known')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ name, type, size_bytes: size, outcome, reason }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{type}</td>
              <td className="jp-RuntimesTransfer-size">{bytesText(size, trans)}</td>
              <td>{outcome === 'skipped' ? trans.__('was left out: %1', reason) : reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sources.length > 0 && (
        <>
          <h3>{trans.__('Code that it brings')}</h3>
          {sources.map(([key, text]) => (
            <pre key={key} tabIndex={0} aria-label={key}>
              {text}
            </pre>
          ))}
        </>
      )}
    </>
  );
}

/** Lab hands files over in base64. */
function blobOf(base64: string): Blob {
  const text = atob(base64.replace(/\s+/g, ''));
  return new Blob([Uint8Array.from(text, character => character.charCodeAt(0))]);
}
