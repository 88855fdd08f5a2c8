import { PyodideRemoteKernel } from '@jupyterlite/pyodide-kernel/lib/worker';
import { transfer } from 'comlink';
import type { loadPyodide as LoadPyodide, PyodideInterface } from 'pyodide';
import type { PyProxy } from 'pyodide/ffi';

import type {
  IKernelFacts,
  IKernelWorker,
  IUploadRequest,
  IWorkerOptions,
  IWorkerRequest,
  IWorkerReply,
  UploadAnswer
} from '../protocol';
import type { IEmscriptenFS } from './emscripten';
import { emit } from './events';
import { ServerFileSystem } from './files';
import { Input } from './input';
import { fetchPack, mountPack } from './pack';
import { PackageSource } from './packages';
import type { IPort } from './port';
import { makePort } from './port';
import { ServerRequests } from './requests';
import { Uploads } from './uploads';

/** Where the Jupyter Server's files are, as in jupyterlite. */
const DRIVE = '/drive';

interface IPyodideModule {
  readonly loadPyodide: typeof LoadPyodide;
}

type Handle = (
  msgType: string,
  header: string,
  content: string,
  metadata: string,
  buffers: unknown
) => Promise<string | [string, ...Uint8Array<ArrayBuffer>[]] | undefined>;

/** The Python package that came with the base class. */
interface IKernelPackage extends PyProxy {
  readonly kernel_instance: PyProxy & { readonly interpreter: PyProxy };
}

/** The base class's own parts that are used here; it is written in JavaScript with loose types. */
interface IBaseKernel {
  complete(content: object, parent: object): Promise<object>;
  inspect(content: object, parent: object): Promise<object>;
  isComplete(content: object, parent: object): Promise<object>;
}

/** How the base class answers what our Python does not. */
const BASE_REQUESTS: Readonly<Record<string, keyof IBaseKernel>> = {
  complete_request: 'complete',
  inspect_request: 'inspect',
  is_complete_request: 'isComplete'
};

/** One Python, in one worker: pyodide-kernel's shell, with what it lacks. */
export class BrowserKernelWorker extends PyodideRemoteKernel implements IKernelWorker {
  /** @throws Error whose message is fit for users. */
  async start(options: IWorkerOptions): Promise<IKernelFacts> {
    const requests = new ServerRequests(options.serverUrl, options.headers);
    this._requests = requests;
    const source = new PackageSource(options);
    const pack = fetchPack(`${options.assetsUrl}packages.pack`);
    // Told at its own await below; not an unhandled rejection before that.
    pack.catch(() => undefined);
    emit({ kind: 'progress', percent: 10, message: 'Loading Python' });
    const pyodide = await this._loadPyodide(options, source);
    emit({ kind: 'progress', percent: 50, message: 'Loading IPython' });
    const FS = pyodide.FS as unknown as IEmscriptenFS;
    const site = pyodide.runPython('import site; site.getsitepackages()[0]') as string;
    mountPack(FS, await pack, site);
    source.markLoaded(pyodide, site);
    pyodide.runPython('import importlib; importlib.invalidate_caches(); import pyodide_kernel');
    emit({ kind: 'progress', percent: 80, message: 'Preparing the notebook' });
    const files = new ServerFileSystem(pyodide, requests);
    FS.mkdirTree(DRIVE);
    FS.mount(files, {}, DRIVE);
    files.expectFolder(options.folder);
    this._uploads = new Uploads(FS, new URL('..', options.serverUrl).href, requests);
    const facts = this._install(pyodide, options, source, requests);
    this._adopt(pyodide);
    return facts;
  }

  async handle(request: IWorkerRequest): Promise<IWorkerReply | null> {
    this._parent = request.header;
    const base = BASE_REQUESTS[request.msgType];
    try {
      if (base) {
        const content = JSON.parse(request.content) as object;
        const parent = { header: JSON.parse(request.header) as object };
        const reply = await (this as unknown as IBaseKernel)[base](content, parent);
        return { content: JSON.stringify(reply), buffers: [] };
      }
      const { msgType, header, content, metadata, buffers } = request;
      return handOver(await this._handle?.(msgType, header, content, metadata, buffers));
    } finally {
      this._clearInterrupt();
    }
  }

  async cancel(): Promise<void> {
    // The cell is awaiting, so the signal has hit nobody; it must not hit `_cancel`.
    this._clearInterrupt();
    this._cancel?.();
  }

  async setHeaders(headers: Readonly<Record<string, string>>): Promise<void> {
    this._requests?.setHeaders(headers);
  }

  async upload(id: number, request: IUploadRequest): Promise<UploadAnswer> {
    return (await this._uploads?.send(id, request)) ?? { refused: 'SNAPSHOT_NOT_FOUND' };
  }

  async stopUpload(id: number): Promise<void> {
    this._uploads?.stop(id);
  }

  /** The base class waits here for a start of its own, and sets what `handle` has set. */
  override setup(): Promise<void> {
    return Promise.resolve();
  }

  /** Only for the base class, which asks for it. */
  sendInputRequest(prompt: string, password: boolean): string | undefined {
    return this._port?.input(prompt, password);
  }

  private async _loadPyodide(
    options: IWorkerOptions,
    source: PackageSource
  ): Promise<PyodideInterface> {
    const url = `${options.assetsUrl}pyodide.mjs`;
    const { loadPyodide } = (await import(url)) as IPyodideModule;
    const pyodide = await loadPyodide(source.configure({ indexURL: options.assetsUrl }));
    this._pyodide = pyodide;
    const internals = pyodide as unknown as { _api: { on_fatal: (error: Error) => void } };
    internals._api.on_fatal = error => emit({ kind: 'fatal', reason: explainFatal(error) });
    if (options.shared) {
      this._interrupt = new Uint8Array(options.shared.interrupt);
      pyodide.setInterruptBuffer(this._interrupt);
    }
    return pyodide;
  }

  private _install(
    pyodide: PyodideInterface,
    options: IWorkerOptions,
    source: PackageSource,
    requests: ServerRequests
  ): IKernelFacts {
    const { shared } = options;
    const port = makePort({
      input: new Input(shared, requests),
      alarm: shared && new Int32Array(shared.alarm),
      parent: () => this._parent,
      clearInterrupt: () => this._clearInterrupt()
    });
    this._port = port;
    const kernel = pyodide.pyimport('runtimes_kernel.install') as PyProxy & {
      install(...args: unknown[]): Handle;
      facts(): string;
    };
    const cwd = options.folder ? `${DRIVE}/${options.folder}` : DRIVE;
    this._handle = kernel.install(
      port,
      cwd,
      `${options.assetsUrl}wheels/`,
      source.indexUrl ?? undefined
    );
    const execution = pyodide.pyimport('runtimes_kernel.execution') as PyProxy & { cancel(): void };
    this._cancel = () => execution.cancel();
    return JSON.parse(kernel.facts()) as IKernelFacts;
  }

  /** An interrupt that came too late must not hit the next cell. */
  private _clearInterrupt(): void {
    if (this._interrupt) {
      this._interrupt[0] = 0;
    }
  }

  /** The base class's own references, for the requests that it answers. */
  private _adopt(pyodide: PyodideInterface): void {
    const { kernel_instance: kernel } = pyodide.pyimport('pyodide_kernel') as IKernelPackage;
    this._kernel = kernel;
    this._interpreter = kernel.interpreter;
  }

  private _parent = '{}';
  private _handle: Handle | null = null;
  private _cancel: (() => void) | null = null;
  private _port: IPort | null = null;
  private _requests: ServerRequests | null = null;
  private _uploads: Uploads | null = null;
  private _interrupt: Uint8Array | null = null;
}

/** What Python gave, on its way to the page without another copy. */
function handOver(reply: Awaited<ReturnType<Handle>>): IWorkerReply | null {
  if (reply === undefined) {
    return null;
  }
  const [content, ...views] = typeof reply === 'string' ? [reply] : reply;
  const buffers = views.map(view =>
    view.byteLength === view.buffer.byteLength ? view.buffer : view.slice().buffer
  );
  return transfer({ content, buffers }, buffers);
}

/** Why Python ended, for users. */
function explainFatal(error: Error): string {
  const text = `${error.name}: ${error.message}`;
  if (
    /out of memory|memory access out of bounds|Array buffer allocation|Cannot enlarge memory/i.test(
      text
    )
  ) {
    return `The browser runtime ran out of memory (${text}). A page's Python can use 4 GB at most: work on less at a time, or choose a local or remote runtime.`;
  }
  return `The browser runtime's Python crashed (${text}). Start it again, and save what you need more often.`;
}
