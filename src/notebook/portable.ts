import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IMapChange } from '@jupyter/ydoc';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { parseName } from '../kernels';
import type { IRuntimeProviders } from '../tokens';
import { LOCAL_PROVIDER_ID } from '../tokens';
import { readWish, writeWish } from './wish';

/**
 * Keeps a notebook everybody's: whatever runs it, the kernelspec in the file is
 * one that plain JupyterLab, nbconvert and papermill understand, and where it
 * wants to run is a wish in metadata of our own.
 *
 * A notebook whose wish names another place is not started on the local server
 * when it is opened.
 */
export class PortableNotebook implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _providers: IRuntimeProviders
  ) {
    const { context } = _panel;
    context.sessionContext.kernelPreferenceChanged.connect(this._onPreference, this);
    context.model.metadataChanged.connect(this._onMetadata, this);
    _panel.disposed.connect(this.dispose, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    Signal.disconnectReceiver(this);
  }

  /** Lab has read the file, and is about to start what its kernelspec names. */
  private _onPreference(): void {
    const { model, sessionContext } = this._panel.context;
    const preference = sessionContext.kernelPreference;
    const wish = readWish(model);
    if (wish && wish.provider !== LOCAL_PROVIDER_ID && preference.shouldStart !== false) {
      sessionContext.kernelPreference = {
        ...preference,
        shouldStart: false,
        autoStartDefault: false
      };
      sayThatNoKernelComes(sessionContext);
    }
  }

  /** The panel writes the kernelspec of the kernel that it has got. */
  private _onMetadata(_: unknown, change: IMapChange): void {
    if (change.key !== 'kernelspec') {
      return;
    }
    const { model, sessionContext } = this._panel.context;
    const written = model.getMetadata('kernelspec') as { name?: unknown } | undefined;
    const kernelName = sessionContext.session?.kernel?.name;
    if (typeof written?.name !== 'string' || written.name !== kernelName) {
      return;
    }
    const { providerId, name } = parseName(kernelName, id => this._providers.get(id) !== undefined);
    const provider = this._providers.get(providerId);
    const spec = provider?.portableSpec(name);
    if (provider && spec) {
      model.setMetadata('kernelspec', { ...spec });
      writeWish(model, { place: provider.place, provider: provider.id, environment: name });
    } else {
      writeWish(model, null);
    }
  }

  private _isDisposed = false;
}

/** Lab's status bar and indicator show *Initializing* until a status changes, and
 *  without a kernel none does: have them look again. */
function sayThatNoKernelComes({ statusChanged, kernelDisplayStatus }: ISessionContext): void {
  if (statusChanged instanceof Signal && kernelDisplayStatus === 'unknown') {
    statusChanged.emit('unknown');
  }
}
