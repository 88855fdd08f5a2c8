import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Remote } from 'comlink';
import { transfer, wrap } from 'comlink';

import type {
  IKernelFacts,
  IKernelWorker,
  IUploadRequest,
  IWorkerEnvelope,
  IWorkerOptions,
  IWorkerRequest,
  IWorkerReply,
  UploadAnswer,
  WorkerEvent
} from './protocol';

/** One worker, from its creation to its end. A restart takes another one. */
export class WorkerLink {
  /** @param worker A module worker; owned from now on. */
  constructor(private readonly _worker: Worker) {
    this._remote = wrap<IKernelWorker>(_worker);
    this._worker.addEventListener('message', this._onMessage);
    this._worker.addEventListener('error', this._onError);
    this._ended.catch(() => undefined);
  }

  /** What the worker tells without being asked. */
  get event(): ISignal<this, WorkerEvent> {
    return this._event;
  }

  /** Emitted once, when the worker ended by itself. */
  get crashed(): ISignal<this, RuntimeError> {
    return this._crashed;
  }

  /** @throws RuntimeError KERNEL_DIED_AT_START | NOT_RUNNING */
  async start(options: IWorkerOptions): Promise<IKernelFacts> {
    try {
      return await this._unlessEnded(this._remote.start(options));
    } catch (error) {
      if (error instanceof RuntimeError) {
        throw error;
      }
      throw new RuntimeError(
        'KERNEL_DIED_AT_START',
        `Python could not start in this page (${messageOf(error)}). Reload the page, and look at the browser's console if that does not help.`,
        { cause: error }
      );
    }
  }

  /** @throws RuntimeError when the worker ended instead of answering. */
  handle(request: IWorkerRequest): Promise<IWorkerReply | null> {
    return this._unlessEnded(this._remote.handle(transfer(request, [...request.buffers])));
  }

  /** Heard by a cell that awaits something. */
  async cancel(): Promise<void> {
    await this._unlessEnded(this._remote.cancel());
  }

  async setHeaders(headers: Readonly<Record<string, string>>): Promise<void> {
    await this._unlessEnded(this._remote.setHeaders(headers));
  }

  /** @throws RuntimeError when the worker ended instead; else the signal's reason. */
  async upload(request: IUploadRequest, signal: AbortSignal): Promise<UploadAnswer> {
    signal.throwIfAborted();
    const id = ++this._uploads;
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    try {
      // A worker that computes hears of the stop later.
      const answer = this._unlessEnded<UploadAnswer>(this._remote.upload(id, request));
      return await Promise.race([answer, stopped]);
    } finally {
      if (signal.aborted) {
        this._remote.stopUpload(id).catch(() => undefined);
      }
    }
  }

  /** End it; whoever waits for it gets `reason`. */
  terminate(reason: RuntimeError): void {
    if (this._isEnded) {
      return;
    }
    this._isEnded = true;
    this._worker.removeEventListener('message', this._onMessage);
    this._worker.removeEventListener('error', this._onError);
    this._worker.terminate();
    this._end(reason);
    Signal.clearData(this);
  }

  private _unlessEnded<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this._ended]);
  }

  private readonly _onMessage = ({ data }: MessageEvent<Partial<IWorkerEnvelope>>): void => {
    const event = data?.runtimesEvent;
    if (event?.kind === 'fatal') {
      this._crash(event.reason);
    } else if (event) {
      this._event.emit(event);
    }
  };

  /** An error that nothing in the worker caught, or a script that could not be loaded. */
  private readonly _onError = (event: ErrorEvent): void => {
    this._crash(
      event.message
        ? `The browser runtime's worker failed (${event.message}). Start it again.`
        : "The browser runtime's worker could not be loaded. Check that the Jupyter Server is running, and reload the page."
    );
  };

  private _crash(reason: string): void {
    const error = new RuntimeError('KERNEL_DIED_AT_START', reason);
    const crashed = this._crashed;
    if (!this._isEnded) {
      crashed.emit(error);
      this.terminate(error);
    }
  }

  private readonly _remote: Remote<IKernelWorker>;
  private readonly _event = new Signal<this, WorkerEvent>(this);
  private readonly _crashed = new Signal<this, RuntimeError>(this);
  private _uploads = 0;
  private _isEnded = false;
  private _end: (reason: RuntimeError) => void = () => undefined;
  private readonly _ended = new Promise<never>((_, reject) => {
    this._end = reject;
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
