/** The files of a runtime in a file browser that says whose disk it shows. */
import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, folderIcon } from '@jupyterlab/ui-components';
import { Panel, Widget } from '@lumino/widgets';

import type { IRuntimeManager, IRuntimeModel } from '../../tokens';

export interface IFilesPanelOptions {
  readonly manager: Pick<IRuntimeManager, 'runtimes' | 'changed'>;
  readonly runtime: IRuntimeModel;
  readonly browser: FileBrowser;
  readonly trans: TranslationBundle;
}

/** Closes with its runtime: what does not run has no files to show. */
export class FilesPanel extends Panel {
  constructor(private readonly options: IFilesPanelOptions) {
    super();
    const { manager, runtime, browser, trans } = options;
    this.id = filesPanelId(runtime);
    this.addClass('jp-RuntimesFiles');
    this.title.icon = folderIcon;
    this.title.caption = trans.__('Files of “%1”', runtime.name);
    this.title.closable = true;
    this.addWidget(this.header());
    this.addWidget(browser);
    manager.changed.connect(this.look, this);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.options.manager.changed.disconnect(this.look, this);
      super.dispose();
    }
  }

  private header(): Widget {
    const { runtime, trans } = this.options;
    const node = document.createElement('div');
    const text = document.createElement('span');
    text.textContent = trans.__(
      'Files of “%1”, on the disk of %2: not those of your Jupyter Server.',
      runtime.name,
      runtime.provider.label
    );
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'jp-RuntimesSidebar-button';
    close.title = trans.__('Close the files of “%1”', runtime.name);
    close.setAttribute('aria-label', close.title);
    close.append(closeIcon.element({ tag: 'span' }));
    close.addEventListener('click', () => this.dispose());
    node.append(text, close);
    const header = new Widget({ node });
    header.addClass('jp-RuntimesFiles-header');
    return header;
  }

  private look(): void {
    const { manager, runtime } = this.options;
    const now = manager.runtimes.find(({ key }) => key === runtime.key);
    if (now?.state !== 'running' && now?.state !== 'pausing') {
      this.dispose();
    }
  }
}

export function filesPanelId(runtime: IRuntimeModel): string {
  return `jupyterlab-runtimes-files-${runtime.key}`;
}

/** What stands before the colon in its files' paths: its name, and the end of its id, since
 *  names need not be unique. */
export function driveName({ name, key }: IRuntimeModel): string {
  const words = name.match(/[\p{L}\p{N}]+/gu)?.join('-') ?? '';
  return `${words || 'runtime'}-${key.slice(-6)}`;
}
