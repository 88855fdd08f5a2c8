import { connectionLost, kernelEnded, moveCancelled } from '@jupyterlab-runtimes/core';
import type {
  IKernelLink,
  IKernelReply,
  IKernelRequest,
  RuntimeError
} from '@jupyterlab-runtimes/core';
import { KernelMessage } from '@jupyterlab/services';
import type { Kernel } from '@jupyterlab/services';

/** What a kernel says of itself when the one that was asked is gone. */
const ENDED: ReadonlySet<Kernel.Status> = new Set([
  'restarting',
  'autorestarting',
  'dead',
  'terminating'
]);

interface IWaiting {
  reject(error: RuntimeError): void;
}

/** A kernel over the connection that a notebook has to it anyway. */
export class ConnectionLink implements IKernelLink {
  /** @param _name How the runtime is called in sentences.
   *  @param _isOwned Whether the connection ends with the link. */
  constructor(
    private readonly _kernel: Kernel.IKernelConnection,
    private readonly _name: string,
    private readonly _isOwned: boolean
  ) {
    _kernel.statusChanged.connect(this._onStatus, this);
    _kernel.iopubMessage.connect(this._onIopub, this);
    _kernel.connectionStatusChanged.connect(this._onConnection, this);
    _kernel.disposed.connect(this._onEnded, this);
  }

  async ask(
    request: IKernelRequest,
    { signal }: { signal?: AbortSignal } = {}
  ): Promise<IKernelReply> {
    await this._untilConnected(signal);
    return new Promise((resolve, reject) => {
      if (signal?.aborted || this._isDisposed) {
        reject(moveCancelled());
        return;
      }
      if (this._hasEnded || this._kernel.isDisposed || this._kernel.status === 'dead') {
        reject(kernelEnded(this._name));
        return;
      }
      const future = this._send(request);
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this._waiting.delete(waiting);
        future.dispose();
      };
      const waiting: IWaiting = {
        reject: error => {
          settle();
          reject(error);
        }
      };
      const onAbort = () => waiting.reject(moveCancelled());
      signal?.addEventListener('abort', onAbort);
      this._waiting.add(waiting);
      future.onReply = (message: KernelMessage.IMessage) => {
        const buffers = (message.buffers ?? []).map(viewOf);
        this._kernelSession ??= message.header.session;
        settle();
        resolve({ content: message.content as unknown as Record<string, unknown>, buffers });
      };
      // A reply settles it first; a future that was given up is told above.
      future.done.catch(() => undefined);
    });
  }

  /** A connection that is being made throws at a first request for the kernel's info. */
  private async _untilConnected(signal: AbortSignal | undefined): Promise<void> {
    if (this._kernel.connectionStatus !== 'connecting') {
      return;
    }
    await new Promise<void>(resolve => {
      const look = () => {
        if (this._kernel.connectionStatus !== 'connecting' || signal?.aborted || this._hasEnded) {
          this._kernel.connectionStatusChanged.disconnect(look);
          this._kernel.disposed.disconnect(look);
          signal?.removeEventListener('abort', look);
          resolve();
        }
      };
      this._kernel.connectionStatusChanged.connect(look);
      this._kernel.disposed.connect(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._kernel.statusChanged.disconnect(this._onStatus, this);
    this._kernel.iopubMessage.disconnect(this._onIopub, this);
    this._kernel.connectionStatusChanged.disconnect(this._onConnection, this);
    this._kernel.disposed.disconnect(this._onEnded, this);
    this._rejectAll(moveCancelled());
    if (this._isOwned && !this._kernel.isDisposed) {
      this._kernel.dispose();
    }
  }

  private _send({ channel, msgType, content, buffers = [], subshellId }: IKernelRequest) {
    const message = KernelMessage.createMessage({
      channel,
      msgType,
      session: this._kernel.clientId,
      content,
      // The serializer writes a view's whole memory.
      buffers: buffers.map(exactBuffer),
      ...(subshellId === undefined ? {} : { subshellId })
    } as unknown as KernelMessage.IOptions<KernelMessage.IExecuteRequestMsg>);
    return channel === 'shell'
      ? this._kernel.sendShellMessage(message, true)
      : this._kernel.sendControlMessage(message as unknown as KernelMessage.IControlMessage, true);
  }

  private _onStatus(_: unknown, status: Kernel.Status): void {
    if (ENDED.has(status)) {
      this._onEnded();
    }
  }

  private _onIopub(_: unknown, { header }: KernelMessage.IIOPubMessage): void {
    // A restart over another connection is told by the kernels alone: by the one that goes, or by the one that comes.
    const { msg_type: type, session } = header;
    const isAnother = type === 'status' && session !== (this._kernelSession ?? session);
    if ((type as string) === 'shutdown_reply' || isAnother) {
      this._onEnded();
    }
  }

  private _onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
    if (status === 'connecting') {
      this._rejectAll(connectionLost(this._name));
    } else if (status === 'disconnected') {
      this._onEnded();
    }
  }

  private _onEnded(): void {
    // Another kernel in its place knows nothing of what was asked.
    this._hasEnded = true;
    this._rejectAll(kernelEnded(this._name));
  }

  private _rejectAll(error: RuntimeError): void {
    [...this._waiting].forEach(waiting => waiting.reject(error));
  }

  private readonly _waiting = new Set<IWaiting>();
  /** Each kernel process has its own. */
  private _kernelSession: string | undefined;
  private _hasEnded = false;
  private _isDisposed = false;
}

function viewOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

function exactBuffer(view: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return view.byteLength === view.buffer.byteLength ? view.buffer : view.slice().buffer;
}
