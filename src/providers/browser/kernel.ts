import { RuntimeError, STATE_REQUEST } from '@jupyterlab-runtimes/core';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { kernelInfo } from './kernelinfo';
import type {
  IKernelFacts,
  ISharedMemory,
  IUploadRequest,
  IWorkerOptions,
  IWorkerReply,
  UploadAnswer,
  WorkerEvent
} from './protocol';
import { SIGINT } from './protocol';
import { Publisher } from './publisher';
import type { IQueued } from './queue';
import { RequestQueue } from './queue';
import { SPEC_NAME } from './specs';
import type { ISocketPeer, KernelSocket } from './socket';
import type { PostAnswer } from './stdin';
import { Stdin } from './stdin';
import { WorkerLink } from './workerlink';

/** How long a cell that awaits something gets to stop, ms, where computing cells can't be stopped. */
const CANCEL_MS = 400;

/** What a kernel needs from its surroundings. */
export interface IBrowserKernelOptions {
  readonly id: string;
  /** The document's path, relative to the server's root; its folder is the working directory. */
  readonly path: string;
  createWorker(): Worker;
  /** Made anew for every worker: settings and credentials change. */
  workerOptions(path: string): Promise<IWorkerOptions>;
  /** Credentials as they are now. */
  headers(): Readonly<Record<string, string>>;
  readonly postAnswer: PostAnswer;
  now(): Date;
}

/** One kernel in this page: Jupyter's protocol on one side, a worker on the other. */
export class BrowserKernel implements ISocketPeer {
  constructor(private readonly _options: IBrowserKernelOptions) {
    this._stdin = new Stdin(this._publisher, _options.postAnswer);
    this._queue = new RequestQueue({
      run: item => this._run(item),
      abort: item => this._abort(item)
    });
    this._path = _options.path;
    this._lastActivity = this.startedAt = _options.now().toISOString();
  }

  /** ISO 8601 UTC. */
  readonly startedAt: string;

  /** Emitted when status, progress or the reason changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get id(): string {
    return this._options.id;
  }

  get status(): Kernel.Status {
    return this._status;
  }

  /** Why it is dead; '' while it is not. */
  get reason(): string {
    return this._reason;
  }

  /** 0–100 while it starts, else null. */
  get progress(): number | null {
    return this._progress;
  }

  /** ISO 8601 UTC. */
  get lastActivity(): string {
    return this._lastActivity;
  }

  get model(): Kernel.IModel {
    return {
      id: this.id,
      name: SPEC_NAME,
      execution_state: this._status,
      last_activity: this._lastActivity,
      connections: this._publisher.sockets.size,
      reason: this._reason
    };
  }

  /** The document moved; the next worker starts in its folder. */
  set path(value: string) {
    this._path = value;
  }

  /** Start a worker. Resolves when Python is ready.
   *  @throws RuntimeError KERNEL_DIED_AT_START | NOT_RUNNING (ended meanwhile) */
  async start(): Promise<void> {
    const link = new WorkerLink(this._options.createWorker());
    this._link = link;
    this._setStatus('starting');
    this._progress = 0;
    link.event.connect(this._onEvent, this);
    link.crashed.connect((_, error) => this._die(link, error));
    try {
      const options = await this._options.workerOptions(this._path);
      this._shared = this._stdin.shared = options.shared;
      this._headers = JSON.stringify(options.headers);
      this._facts = await link.start(options);
    } catch (error) {
      if (this._link === link) {
        this._die(
          link,
          error instanceof RuntimeError ? error : new RuntimeError('START_FAILED', String(error))
        );
      }
      throw error;
    }
    this._progress = null;
    this._setStatus('idle');
    this._queue.open();
  }

  /** Same kernel, new worker: variables are lost. Resolves when it is ready. */
  async restart(): Promise<void> {
    const reason = 'The browser runtime was restarted: run the cell again.';
    this._stop(new RuntimeError('NOT_RUNNING', reason), { silent: true });
    this._publisher.renewSession();
    this._reason = '';
    await this.start();
  }

  /** End it for good. */
  shutdown(): void {
    const reason = 'The browser runtime was shut down: start one to run the cell.';
    this._stop(new RuntimeError('NOT_RUNNING', reason), { silent: true });
    this._setStatus('dead');
    for (const socket of [...this._publisher.sockets]) {
      socket.close(1000);
    }
    Signal.clearData(this);
  }

  /** Stop the running cell. Returns when Python has been told.
   *  @throws RuntimeError INTERRUPT_NEEDS_ISOLATION where only ending the worker would stop it. */
  async interrupt(): Promise<void> {
    if (!this._queue.running || !this._link) {
      return;
    }
    if (this._stdin.isWaiting) {
      await this._stdin.interrupt();
      return;
    }
    if (this._shared) {
      Atomics.store(new Uint8Array(this._shared.interrupt), 0, SIGINT);
      Atomics.notify(new Int32Array(this._shared.alarm), 0);
    }
    // For a cell that awaits something; one that computes hears it when it is over.
    const cancelled = this._link.cancel();
    cancelled.catch(() => undefined);
    if (!this._shared && !(await this._stopsWithin(CANCEL_MS))) {
      throw new RuntimeError(
        'INTERRUPT_NEEDS_ISOLATION',
        'This cell can only be stopped by ending its browser runtime, and its variables would be lost, because the page is not cross-origin isolated. An administrator can switch isolation on for the Jupyter Server.'
      );
    }
  }

  /** Send bytes of a file of Python's to the Jupyter Server, beside the requests that wait in line.
   *  @throws RuntimeError NOT_RUNNING; else the signal's reason. */
  async upload(request: IUploadRequest, signal: AbortSignal): Promise<UploadAnswer> {
    return (await this._linkWithHeaders()).upload(request, signal);
  }

  connect(socket: KernelSocket): void {
    this._publisher.sockets.add(socket);
    this._publisher.publishStatus(this._status);
    this._stdin.connect(socket);
  }

  disconnect(socket: KernelSocket): void {
    this._publisher.sockets.delete(socket);
  }

  receive(socket: KernelSocket, message: KernelMessage.IMessage): void {
    if (message.channel === 'stdin') {
      const reply = message as KernelMessage.IInputReplyMsg;
      this._stdin.reply(reply.content).catch((error: unknown) => this._complain(error));
    } else if (message.channel === 'control' && !isStateRequest(message)) {
      this._control(socket, message);
    } else {
      this._queue.add({ socket, message, header: JSON.stringify(message.header) });
    }
  }

  private _control(socket: KernelSocket, message: KernelMessage.IMessage): void {
    const parent = JSON.stringify(message.header);
    const type = message.header.msg_type as string;
    const act: Record<string, () => Promise<void>> = {
      interrupt_request: () => this.interrupt(),
      shutdown_request: async () => this.shutdown(),
      kernel_info_request: async () => undefined
    };
    const reply = (content: object) =>
      this._publisher.send(socket, 'control', {
        msgType: type.replace('_request', '_reply'),
        parent,
        content: JSON.stringify(content)
      });
    if (!act[type]) {
      reply(notSupported(type));
      return;
    }
    act[type]().then(
      () =>
        reply({ status: 'ok', ...(type === 'kernel_info_request' ? kernelInfo(this._facts) : {}) }),
      (error: unknown) => reply(describe(error))
    );
  }

  /** Run one request; called by the queue, one at a time.
   *  @returns Whether the requests behind it may run, too. */
  private async _run(item: IQueued): Promise<boolean> {
    const { message, header } = item;
    const type = message.header.msg_type as string;
    this._lastActivity = this._options.now().toISOString();
    this._setStatus('busy', header);
    const ended = () => this._queue.running !== item;
    let reply: IWorkerReply | null;
    try {
      reply = await this._answer(type, message, header);
    } catch (error) {
      reply = ended() ? null : { content: this._fail(header, error), buffers: [] };
    }
    if (ended()) {
      // `_stop` has told everybody.
      return false;
    }
    this._stdin.forget();
    if (this._shared) {
      new Uint8Array(this._shared.interrupt)[0] = 0;
    }
    if (reply !== null) {
      this._reply(item, reply.content, reply.buffers);
    }
    this._lastActivity = this._options.now().toISOString();
    this._setStatus('idle', header);
    return (
      type !== 'execute_request' ||
      (message.content as { stop_on_error?: boolean }).stop_on_error === false ||
      (JSON.parse(reply?.content ?? '{}') as { status?: string }).status === 'ok'
    );
  }

  private async _answer(
    type: string,
    message: KernelMessage.IMessage,
    header: string
  ): Promise<IWorkerReply | null> {
    const answer = (content: object) => ({ content: JSON.stringify(content), buffers: [] });
    if (type === 'kernel_info_request') {
      return answer(kernelInfo(this._facts));
    }
    if (!WORKER_REQUESTS.has(type)) {
      return type.endsWith('_request') ? answer(notSupported(type)) : null;
    }
    const link = await this._linkWithHeaders();
    return link.handle({
      msgType: type,
      header,
      content: JSON.stringify(message.content),
      metadata: JSON.stringify(message.metadata),
      buffers: (message.buffers ?? []).map(copyBuffer)
    });
  }

  /** @throws RuntimeError NOT_RUNNING */
  private async _linkWithHeaders(): Promise<WorkerLink> {
    const link = this._link;
    if (!link) {
      throw new RuntimeError(
        'NOT_RUNNING',
        this._reason || 'The browser runtime has ended: start a new one.'
      );
    }
    const headers = this._options.headers();
    if (JSON.stringify(headers) !== this._headers) {
      this._headers = JSON.stringify(headers);
      await link.setHeaders(headers);
    }
    return link;
  }

  private _reply(
    { socket, message, header }: IQueued,
    content: string,
    buffers: readonly ArrayBuffer[] = []
  ): void {
    const type = message.header.msg_type as string;
    this._publisher.send(socket, message.channel === 'control' ? 'control' : 'shell', {
      msgType: type.replace(/_request$/, '_reply'),
      parent: header,
      content,
      buffers
    });
  }

  private _onEvent(_: WorkerLink, event: WorkerEvent): void {
    switch (event.kind) {
      case 'publish':
        this._publisher.publish(event);
        break;
      case 'stream':
        this._publisher.publishText(event.name, event.text, event.parent);
        break;
      case 'input':
        this._publisher.flush();
        this._stdin.ask(event);
        break;
      case 'progress':
        this._progress = event.percent;
        this._changed.emit();
        break;
    }
  }

  /** The worker ended by itself: say why, in the cell that ran and to everybody. */
  private _die(link: WorkerLink, error: RuntimeError): void {
    if (this._link === link) {
      this._reason = error.message;
      this._stop(error);
      this._setStatus('dead');
    }
  }

  /** End the worker. The running cell shows `crash`, if it was one; the rest is aborted. */
  private _stop(reason: RuntimeError, { silent = false } = {}): void {
    const link = this._link;
    this._link = null;
    this._progress = null;
    this._stdin.forget();
    this._publisher.flush();
    const { running, waiting } = this._queue.close();
    link?.terminate(reason);
    if (running && silent) {
      this._abort(running);
    } else if (running) {
      this._reply(running, this._fail(running.header, reason));
      this._publisher.publishStatus('idle', running.header);
    }
    waiting.forEach(item => this._abort(item));
  }

  /** Show an error that is not the code's own.
   *  @returns JSON of the reply's content. */
  private _fail(header: string, error: unknown): string {
    const described = describe(error);
    this._publisher.publish({
      msgType: 'error',
      parent: header,
      content: JSON.stringify(described)
    });
    return JSON.stringify({ status: 'error', execution_count: null, ...described });
  }

  private _abort(item: IQueued): void {
    const { header } = item;
    this._publisher.publishStatus('busy', header);
    if ((item.message.header.msg_type as string).endsWith('_request')) {
      this._reply(item, JSON.stringify({ status: 'aborted', execution_count: null }));
    }
    this._publisher.publishStatus('idle', header);
  }

  private async _stopsWithin(ms: number): Promise<boolean> {
    const { running } = this._queue;
    for (const until = Date.now() + ms; Date.now() < until;) {
      await new Promise(resolve => setTimeout(resolve, 20));
      if (this._queue.running !== running) {
        return true;
      }
    }
    return false;
  }

  private _complain(error: unknown): void {
    const parent = this._queue.running?.header ?? '{}';
    this._publisher.publishText('stderr', `${describe(error).evalue}\n`, parent);
  }

  private _setStatus(status: Kernel.Status, parent = '{}'): void {
    this._status = status;
    this._publisher.publishStatus(status, parent);
    this._changed.emit();
  }

  private readonly _publisher = new Publisher();
  private readonly _stdin: Stdin;
  private readonly _queue: RequestQueue;
  private readonly _changed = new Signal<this, void>(this);
  private _link: WorkerLink | null = null;
  private _shared: ISharedMemory | null = null;
  private _facts: IKernelFacts = { pythonVersion: '', ipythonVersion: '' };
  private _headers = '';
  private _status: Kernel.Status = 'starting';
  private _reason = '';
  private _progress: number | null = 0;
  private _path: string;
  private _lastActivity: string;
}

/** What the worker answers; see worker/kernel.ts. */
const WORKER_REQUESTS: ReadonlySet<string> = new Set([
  ...[
    'execute_request',
    'complete_request',
    'inspect_request',
    'is_complete_request',
    'history_request'
  ],
  ...['comm_info_request', 'comm_open', 'comm_msg', 'comm_close'],
  STATE_REQUEST
]);

/** There is one thread: what could be asked beside a running cell elsewhere has to wait here, too. */
function isStateRequest(message: KernelMessage.IMessage): boolean {
  return (message.header.msg_type as string) === STATE_REQUEST;
}

function describe(error: unknown): { ename: string; evalue: string; traceback: string[] } {
  const ename = error instanceof Error ? error.name : 'Error';
  const evalue = error instanceof Error ? error.message : String(error);
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

function notSupported(type: string): object {
  return { status: 'error', ...describe(new Error(`Browser runtimes don't answer ${type}.`)) };
}

/** A buffer of its own, to be handed to the worker. */
function copyBuffer(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  return ArrayBuffer.isView(buffer)
    ? (buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength) as ArrayBuffer)
    : buffer.slice(0);
}
