import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { KernelMessage as Messages } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import { PromiseDelegate } from '@lumino/coreutils';

type Reply = KernelMessage.IExecuteReplyMsg;
type Request = KernelMessage.IExecuteRequestMsg;
type Handler<M> = (msg: M) => void | PromiseLike<void>;
type Hook = (msg: KernelMessage.IIOPubMessage) => boolean | PromiseLike<boolean>;

/** What a cell asks of its kernel: the arguments of `requestExecute`. */
export interface IHeldRequest {
  readonly content: Request['content'];
  readonly disposeOnDone: boolean | undefined;
  readonly metadata: JSONObject | undefined;
}

/**
 * An execution that has not been asked for yet: to an output area it is like any other that waits
 * for its turn. `begin` asks a kernel for it, which need not be the one of the beginning.
 */
export class HeldFuture implements Kernel.IShellFuture<Request, Reply> {
  constructor(
    private readonly _request: IHeldRequest,
    clientId: string
  ) {
    const { content, metadata } = _request;
    this._msg = Messages.createMessage({
      ...{ msgType: 'execute_request', channel: 'shell', session: clientId, content, metadata }
    });
    // Whoever asked hears of a failure by `done`; nobody needs to have asked.
    this._done.promise.catch(() => undefined);
  }

  onReply: Handler<Reply> = () => undefined;
  onIOPub: Handler<KernelMessage.IIOPubMessage> = () => undefined;
  onStdin: Handler<KernelMessage.IStdinMessage> = () => undefined;

  /** Once it has begun, the message that was sent. */
  get msg(): Request {
    return this._begun?.msg ?? this._msg;
  }

  get done(): Promise<Reply> {
    return this._done.promise;
  }

  get isDisposed(): boolean {
    return this._begun?.isDisposed ?? this._isDisposed;
  }

  /** A no-op for what was disposed meanwhile. */
  begin(kernel: Kernel.IKernelConnection): void {
    if (this._isDisposed) {
      return;
    }
    const { content, disposeOnDone, metadata } = this._request;
    const begun = kernel.requestExecute(content, disposeOnDone, metadata);
    begun.onReply = msg => this.onReply(msg);
    begun.onIOPub = msg => this.onIOPub(msg);
    begun.onStdin = msg => this.onStdin(msg);
    this._hooks.forEach(hook => begun.registerMessageHook(hook));
    begun.done.then(
      reply => this._done.resolve(reply),
      (error: unknown) => this._done.reject(error)
    );
    this._begun = begun;
  }

  sendInputReply(
    content: KernelMessage.IInputReplyMsg['content'],
    parentHeader: KernelMessage.IInputReplyMsg['parent_header']
  ): void {
    this._begun?.sendInputReply(content, parentHeader);
  }

  registerMessageHook(hook: Hook): void {
    if (this._begun) {
      this._begun.registerMessageHook(hook);
    } else {
      this._hooks.push(hook);
    }
  }

  removeMessageHook(hook: Hook): void {
    this._hooks = this._hooks.filter(other => other !== hook);
    this._begun?.removeMessageHook(hook);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    if (this._begun) {
      this._begun.dispose();
    } else {
      // What Lab expects of a cell that was not run.
      this._done.reject(new Error('Canceled: the cell was not run'));
    }
  }

  private readonly _msg: Request;
  private _hooks: Hook[] = [];
  private _begun: Kernel.IShellFuture<Request, Reply> | null = null;
  private _isDisposed = false;
  private readonly _done = new PromiseDelegate<Reply>();
}
