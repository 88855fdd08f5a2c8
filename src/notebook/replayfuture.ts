import type { Kernel } from '@jupyterlab/services';
import { KernelMessage } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';

type Reply = KernelMessage.IExecuteReplyMsg;
type Handler<M> = (msg: M) => void | PromiseLike<void>;
type Hook = (msg: KernelMessage.IIOPubMessage) => boolean | PromiseLike<boolean>;

/**
 * The future of an execution that another page asked for: an output area shows
 * it like one of its own. Messages are given to it with `handle`, in order.
 */
export class ReplayFuture implements Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, Reply> {
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    readonly msg: KernelMessage.IExecuteRequestMsg
  ) {}

  onReply: Handler<Reply> = () => undefined;
  onIOPub: Handler<KernelMessage.IIOPubMessage> = () => undefined;
  onStdin: Handler<KernelMessage.IStdinMessage> = () => undefined;

  get done(): Promise<Reply> {
    return this._done.promise;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  sendInputReply(
    content: KernelMessage.IInputReplyMsg['content'],
    parentHeader: KernelMessage.IInputReplyMsg['parent_header']
  ): void {
    this._kernel.sendInputReply(content, parentHeader);
  }

  registerMessageHook(hook: Hook): void {
    this._hooks.unshift(hook);
  }

  removeMessageHook(hook: Hook): void {
    this._hooks = this._hooks.filter(other => other !== hook);
  }

  /** Take the next message about this execution; each waits for the one before. */
  handle(msg: KernelMessage.IMessage): void {
    this._chain = this._chain.then(() => (this._isDisposed ? undefined : this._handle(msg)));
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._done.promise.catch(() => undefined);
    this._done.reject(new Error('Canceled: another execution has taken the cell over'));
  }

  private async _handle(msg: KernelMessage.IMessage): Promise<void> {
    switch (msg.channel) {
      case 'shell':
        this._reply = msg as Reply;
        await this.onReply(this._reply);
        break;
      case 'stdin':
        await this.onStdin(msg as KernelMessage.IStdinMessage);
        break;
      case 'iopub':
        await this._handleIOPub(msg as KernelMessage.IIOPubMessage);
        break;
      default:
        break;
    }
    if (this._reply && this._isIdle) {
      this._done.resolve(this._reply);
    }
  }

  private async _handleIOPub(msg: KernelMessage.IIOPubMessage): Promise<void> {
    for (const hook of this._hooks) {
      if (!(await hook(msg))) {
        return;
      }
    }
    await this.onIOPub(msg);
    if (KernelMessage.isStatusMsg(msg) && msg.content.execution_state === 'idle') {
      this._isIdle = true;
    }
  }

  private _hooks: Hook[] = [];
  private _chain: Promise<void> = Promise.resolve();
  private _reply: Reply | null = null;
  private _isIdle = false;
  private _isDisposed = false;
  private readonly _done = new PromiseDelegate<Reply>();
}
