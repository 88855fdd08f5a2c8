/** The files of a runtime in a file browser that says whose disk it shows; where it can't show them, it says why. */
import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, folderIcon } from '@jupyterlab/ui-components';
import { Panel, Widget } from '@lumino/widgets';

import type { IRuntimeManager } from '../../tokens';
import type { IRuntimeFiles } from './remembered';
import { whyNoFiles } from './texts';

export interface IFilesPanelOptions {
  readonly manager: Pick<IRuntimeManager, 'runtimes' | 'changed' | 'providers'>;
  readonly files: IRuntimeFiles;
  /** Make the browser, once the runtime runs. */
  readonly createBrowser: () => FileBrowser;
  readonly trans: TranslationBundle;
}

export class FilesPanel extends Panel {
  constructor(private readonly options: IFilesPanelOptions) {
    super();
    const { manager, files, trans } = options;
    this.id = filesPanelId(files.key);
    this.addClass('jp-RuntimesFiles');
    this.title.icon = folderIcon;
    this.title.closable = true;
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'jp-RuntimesSidebar-button';
    close.title = trans.__('Close the files of “%1”', files.name);
    close.setAttribute('aria-label', close.title);
    close.append(closeIcon.element({ tag: 'span' }));
    close.addEventListener('click', () => this.dispose());
    this._header.node.append(this._text, close);
    this._header.addClass('jp-RuntimesFiles-header');
    this._why.node.setAttribute('role', 'status');
    this._why.addClass('jp-RuntimesFiles-why');
    this.addWidget(this._header);
    this.addWidget(this._why);
    manager.changed.connect(this.look, this);
    manager.providers.changed.connect(this.look, this);
    this.look();
  }

  /** The runtime's key. */
  get key(): string {
    return this.options.files.key;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      const { manager } = this.options;
      manager.changed.disconnect(this.look, this);
      manager.providers.changed.disconnect(this.look, this);
      super.dispose();
    }
  }

  private look(): void {
    const { manager, files, trans } = this.options;
    const name = manager.runtimes.find(({ key }) => key === files.key)?.name ?? files.name;
    this.title.caption = trans.__('Files of “%1”', name);
    setText(this._text, trans.__('Files of “%1”, on the disk of %2.', name, files.label));
    const why = whyNoFiles(files, manager, trans);
    setText(this._why.node, why);
    this._why.setHidden(why === '');
    if (why === '' && this._browser === null) {
      this._browser = this.options.createBrowser();
      this.addWidget(this._browser);
    } else if (why !== '') {
      this._browser?.dispose();
      this._browser = null;
    }
  }

  private readonly _header = new Widget();
  private readonly _text = document.createElement('span');
  private readonly _why = new Widget();
  private _browser: FileBrowser | null = null;
}

export function filesPanelId(key: string): string {
  return `jupyterlab-runtimes-files-${key}`;
}

/** What stands before the colon in its files' paths: its name, and the end of its id, since
 *  names need not be unique. */
export function driveName({ name, key }: { readonly name: string; readonly key: string }): string {
  const words = name.match(/[\p{L}\p{N}]+/gu)?.join('-') ?? '';
  return `${words || 'runtime'}-${key.slice(-6)}`;
}

/** A live region is told of changes alone. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
