import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IFileRange } from '@jupyterlab-runtimes/core';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IPortableKernelSpec,
  IRuntimeCapabilities,
  IRuntimeDetail,
  IRuntimeProvider
} from '../../tokens';
import { WorkerAssets } from './assets';
import { BrowserKernel } from './kernel';
import { BrowserKernelClient } from './kernels';
import type { ISharedMemory, IWorkerOptions } from './protocol';
import { INPUT_LIMIT_BYTES } from './protocol';
import type { IEndedRuntime } from './reload';
import { ReloadNotes } from './reload';
import { BrowserSessionClient } from './sessions';
import { sendFile } from './sendFile';
import { KernelSocket } from './socket';
import { BrowserSpecClient, PORTABLE_SPEC, SPEC_NAME, SPEC_TITLE } from './specs';

/** Below the Jupyter Server's base URL. */
const SERVER_PATH = 'jupyterlab-runtimes/browser/';

/** Kernels in this page: Python in web workers, nothing to install, gone with the page.
 *  Nothing of it is loaded before a kernel is asked for. */
export class BrowserProvider implements IRuntimeProvider {
  constructor(private readonly _options: BrowserProvider.IOptions) {
    const settings = _options.serverSettings;
    this.label = _options.label;
    this.serverSettings = { ...settings, WebSocket: this._socketClass() };
    this._isolated = _options.isolated ?? isIsolated();
    this._assets = new WorkerAssets(
      new URL(_options.staticUrl, document.baseURI).href,
      (url, init) =>
        // The platform's own function, which refuses to be anybody's method.
        settings.fetch.call(null, url, init)
    );
    this._notes = new ReloadNotes(_options.storage);
    this.kernelSpecClient = new BrowserSpecClient(this.serverSettings);
    this.kernelClient = new BrowserKernelClient(
      this.serverSettings,
      options => new BrowserKernel({ ...this._surroundings(), ...options }),
      () => this._assets.locate()
    );
    this.sessionClient = new BrowserSessionClient(this.serverSettings, this.kernelClient);
    this.capabilities = {
      interrupt: this._isolated,
      restart: true,
      terminate: true,
      extend: false,
      pause: false,
      resume: false,
      snapshot: false,
      survivesReload: false
    };
    this.kernelClient.changed.connect(this._onChanged, this);
    this.sessionClient.changed.connect(this._onChanged, this);
  }

  readonly id = 'browser';
  readonly place = 'browser';
  readonly label: string;
  readonly rank = 10;
  readonly capabilities: IRuntimeCapabilities;

  /** There is nothing to be reached. */
  readonly status = 'connected';
  readonly lastError = null;

  readonly serverSettings: ServerConnection.ISettings;
  readonly kernelClient: BrowserKernelClient;
  readonly sessionClient: BrowserSessionClient;
  readonly kernelSpecClient: BrowserSpecClient;

  get statusChanged(): ISignal<this, void> {
    return this._statusChanged;
  }

  get details(): readonly IRuntimeDetail[] {
    return [...this.kernelClient.kernels.values()].map(kernel => {
      const dead = kernel.status === 'dead';
      return {
        id: kernel.id,
        kernelId: dead ? null : kernel.id,
        name: SPEC_TITLE,
        specName: SPEC_NAME,
        environmentTitle: SPEC_TITLE,
        state: dead ? 'failed' : kernel.progress === null ? 'running' : 'starting',
        stateReason: kernel.reason,
        progressPercent: kernel.progress,
        startedAt: kernel.startedAt,
        lastActivity: kernel.lastActivity,
        otherKernels: 0
      };
    });
  }

  get detailsChanged(): ISignal<this, void> {
    return this._detailsChanged;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  portableSpec(_specName: string): IPortableKernelSpec {
    return PORTABLE_SPEC;
  }

  /** Take a dead kernel off the list. */
  async discard(runtimeId: string): Promise<void> {
    await this.kernelClient.shutdown(runtimeId);
  }

  sendFile(kernelId: string, url: string, init: RequestInit, file: IFileRange): Promise<Response> {
    const kernel = this.kernelClient.kernels.get(kernelId);
    return sendFile(kernel, this.serverSettings.baseUrl, url, init, file);
  }

  async refresh(): Promise<void> {
    /* What runs in this page is known. */
  }

  /** The documents whose browser runtimes ended with the page's last reload;
   *  empty when asked again. */
  takeEndedByReload(): IEndedRuntime[] {
    return this._notes.take();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    for (const kernel of this.kernelClient.kernels.values()) {
      kernel.shutdown();
    }
    this._disposed.emit();
    Signal.clearData(this);
  }

  private _surroundings() {
    return {
      createWorker: () => createModuleWorker(`${this._assetsUrl}worker.mjs`),
      workerOptions: (path: string) => this._workerOptions(path),
      headers: () => credentialsOf(this.serverSettings),
      postAnswer: (requestId: string, value: string | null) => this._postAnswer(requestId, value),
      now: this._options.now ?? (() => new Date())
    };
  }

  private async _workerOptions(path: string): Promise<IWorkerOptions> {
    const serverUrl = URLExt.join(this.serverSettings.baseUrl, SERVER_PATH, '/');
    return {
      assetsUrl: this._assetsUrl,
      serverUrl,
      headers: credentialsOf(this.serverSettings),
      folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
      packageSource: locatePackages(await this._options.packageSource(), serverUrl),
      shared: this._isolated ? makeSharedMemory() : null
    };
  }

  /** @throws RuntimeError UNREACHABLE */
  private async _postAnswer(requestId: string, value: string | null): Promise<void> {
    const settings = this.serverSettings;
    const url = URLExt.join(settings.baseUrl, SERVER_PATH, 'input', requestId);
    const body = JSON.stringify({ value });
    const response = await ServerConnection.makeRequest(url, { method: 'PUT', body }, settings);
    if (!response.ok) {
      throw new RuntimeError(
        'UNREACHABLE',
        `The answer did not reach the cell, because the Jupyter Server answered ${response.status}. Interrupt the cell and run it again.`
      );
    }
  }

  private _onChanged(): void {
    this._notes.keep(this.sessionClient.models().map(({ path, name }) => ({ path, name })));
    this._detailsChanged.emit();
  }

  /** As a class, because that is what KernelConnection wants. */
  private _socketClass(): typeof WebSocket {
    const find = (id: string) => {
      const kernel = this.kernelClient.kernels.get(id);
      return kernel?.status === 'dead' ? undefined : kernel;
    };
    const socketClass = class extends KernelSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols, find);
      }
    };
    return socketClass as unknown as typeof WebSocket;
  }

  private get _assetsUrl(): string {
    return this._assets.current;
  }

  private readonly _isolated: boolean;
  private readonly _assets: WorkerAssets;
  private readonly _notes: ReloadNotes;
  private readonly _statusChanged = new Signal<this, void>(this);
  private readonly _detailsChanged = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private _isDisposed = false;
}

export namespace BrowserProvider {
  export interface IOptions {
    /** What the user reads. */
    readonly label: string;
    /** The user's own Jupyter Server: its files are the kernels' files. */
    readonly serverSettings: ServerConnection.ISettings;
    /** Folder of the labextension's `static/browser/`; ends with a slash. */
    readonly staticUrl: string;
    /** The setting `packageSource` of schema/browser.json, asked at every start. */
    packageSource(): string | Promise<string>;
    /** Lives as long as the tab: window.sessionStorage. */
    readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
    /** Whether memory can be shared with workers. Default: found out. */
    readonly isolated?: boolean;
    now?(): Date;
  }
}

/** Kept apart from `new URL(…)`: bundlers take the two together for a worker
 *  of theirs, and make a classic one of it; Pyodide needs a module worker. */
function createModuleWorker(url: string): Worker {
  return new Worker(url, { type: 'module', name: 'jupyterlab-runtimes' });
}

function isIsolated(): boolean {
  return globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function';
}

function makeSharedMemory(): ISharedMemory {
  return {
    interrupt: new SharedArrayBuffer(1),
    alarm: new SharedArrayBuffer(4),
    inputState: new SharedArrayBuffer(8),
    inputText: new SharedArrayBuffer(INPUT_LIMIT_BYTES)
  };
}

/** What Lab's own requests carry, for those that the worker makes. */
function credentialsOf(settings: ServerConnection.ISettings): Record<string, string> {
  const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
  return {
    ...(settings.token ? { Authorization: `token ${settings.token}` } : {}),
    ...(xsrf ? { 'X-XSRFToken': xsrf } : {})
  };
}

/** A setting's package source as a URL: an address as it is, anything else a
 *  folder of the Jupyter Server. */
function locatePackages(source: string, serverUrl: string): string | null {
  const trimmed = source.trim();
  if (!trimmed || /^https?:\/\//.test(trimmed)) {
    return trimmed || null;
  }
  const folder = trimmed.replace(/^[/\\]+|[/\\]+$/g, '');
  return `${serverUrl}packages/${URLExt.encodeParts(folder)}/`;
}
