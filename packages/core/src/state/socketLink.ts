/** A kernel over a WebSocket of its own, in page and Node alike: big messages hold up nobody else's. */
import { KERNEL_SUBPROTOCOL } from '../contract/index.js';
import { RuntimeError } from '../errors.js';
import { decodeMessage, encodeMessage, type IKernelMessage } from './frame.js';
import type { IKernelLink, IKernelReply, IKernelRequest } from './link.js';
import { connectionLost, kernelEnded, moveCancelled } from './moveErrors.js';
import { STATE_SESSION_PREFIX } from './ops.js';

/** What of a WebSocket is used; `ws` has it, too. */
export interface ISocket {
  readonly protocol: string;
  readonly readyState: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: ArrayBuffer): void;
  close(): void;
}

export interface ISocketLinkOptions {
  /** Open a socket to the kernel's channels for this session id, with the subprotocol of binary messages.
   *  @throws RuntimeError when there is nothing to connect to. */
  open(session: string): ISocket | Promise<ISocket>;
  /** How the kernel is called in sentences. */
  readonly name: string;
  readonly randomId: () => string;
  /** A lost connection is taken up again for so long, milliseconds. Default: 60 s. */
  readonly reconnectMs?: number;
  /** With nothing heard for so long, while what is answered at once is waited for, a connection counts as lost,
   *  milliseconds: a network that swallows everything closes nothing. Default: 60 s. */
  readonly silenceMs?: number;
}

interface IWaiting {
  readonly frame: ArrayBuffer;
  resolve(reply: IKernelReply): void;
  reject(error: RuntimeError): void;
  wasSent: boolean;
  /** It waits for no cell. */
  readonly isPrompt: boolean;
}

const OPEN = 1;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2000;
const RECONNECT_MS = 60_000;
const SILENCE_MS = 60_000;
/** What a kernel says of itself when the one that was asked is gone. */
const ENDED = new Set(['restarting', 'autorestarting', 'dead', 'terminating']);
/** Messages that say something of the kernel to all who listen; the latter is its farewell. */
const OF_ITSELF = new Set(['status', 'shutdown_reply']);

export class SocketLink implements IKernelLink {
  constructor(private readonly _options: ISocketLinkOptions) {
    this._session = `${STATE_SESSION_PREFIX}${_options.randomId()}`;
  }

  ask(request: IKernelRequest, { signal }: { signal?: AbortSignal } = {}): Promise<IKernelReply> {
    if (this._socket && this._socket.readyState > OPEN) {
      // Its `close` has not been told yet.
      this._onClose(this._socket);
    }
    const id = this._options.randomId();
    const frame = encodeMessage({
      channel: request.channel,
      header: {
        msg_id: id,
        msg_type: request.msgType,
        session: this._session,
        ...{ username: '', date: new Date().toISOString(), version: '5.3' },
        ...(request.subshellId === undefined ? {} : { subshell_id: request.subshellId })
      },
      content: request.content,
      buffers: request.buffers ?? []
    });
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        if (this._waiting.delete(id)) {
          outcome();
        }
      };
      const onAbort = (): void => settle(() => reject(moveCancelled()));
      this._waiting.set(id, {
        frame,
        resolve: reply => settle(() => resolve(reply)),
        reject: error => settle(() => reject(error)),
        wasSent: false,
        isPrompt: request.channel === 'control'
      });
      if (this._isDisposed || signal?.aborted) {
        onAbort();
        return;
      }
      if (this._isEnded) {
        this._waiting.get(id)?.reject(kernelEnded(this._options.name));
        return;
      }
      signal?.addEventListener('abort', onAbort);
      if (this._socket?.readyState === OPEN) {
        this._flush();
      } else {
        void this._connect();
      }
    });
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._retry);
    clearTimeout(this._silence);
    this._rejectAll(moveCancelled());
    this._drop();
  }

  private async _connect(): Promise<void> {
    if (this._isConnecting || this._isDisposed) {
      return;
    }
    this._isConnecting = true;
    this._lostAt ??= Date.now();
    try {
      const socket = await this._options.open(this._session);
      this._socket = socket;
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }) => this._onMessage(data);
      // Every failure is followed by `close`.
      socket.onerror = () => undefined;
      socket.onclose = () => this._onClose(socket);
      socket.onopen = () => this._onOpen(socket);
      if (this._isDisposed) {
        this._drop();
      }
    } catch (error) {
      this._isConnecting = false;
      if (error instanceof RuntimeError && !error.retryable) {
        this._rejectAll(error);
      } else {
        this._again();
      }
    }
  }

  private _onOpen(socket: ISocket): void {
    this._isConnecting = false;
    this._lostAt = undefined;
    this._retryMs = RETRY_MIN_MS;
    if (socket.protocol !== KERNEL_SUBPROTOCOL) {
      this._drop();
      this._rejectAll(
        new RuntimeError(
          'VERSION_MISMATCH',
          `The Jupyter Server of ${this._options.name} does not speak ${KERNEL_SUBPROTOCOL}: install jupyter_server 2.14 or newer there.`
        )
      );
      return;
    }
    this._flush();
  }

  private _onClose(socket: ISocket): void {
    if (socket !== this._socket) {
      return;
    }
    this._socket = undefined;
    this._isConnecting = false;
    this._lostAt ??= Date.now();
    // What was sent may have been done, and its reply is lost: who asked knows whether it can be done twice.
    for (const waiting of [...this._waiting.values()].filter(({ wasSent }) => wasSent)) {
      waiting.reject(connectionLost(this._options.name));
    }
    if (this._waiting.size > 0) {
      this._again();
    }
  }

  private _again(): void {
    if (Date.now() - (this._lostAt ?? 0) > (this._options.reconnectMs ?? RECONNECT_MS)) {
      this._lostAt = undefined;
      this._rejectAll(
        new RuntimeError(
          'TIMED_OUT',
          `The connection to ${this._options.name} was lost and did not come back: check the network, and try again.`
        )
      );
      return;
    }
    this._retry = setTimeout(() => void this._connect(), this._retryMs);
    this._retryMs = Math.min(this._retryMs * 2, RETRY_MAX_MS);
  }

  private _flush(): void {
    for (const waiting of this._waiting.values()) {
      if (!waiting.wasSent) {
        waiting.wasSent = true;
        this._socket?.send(waiting.frame);
      }
    }
    this._listen();
  }

  /** Begin to wait for a sign of life, if there is something to wait for. */
  private _listen(): void {
    clearTimeout(this._silence);
    const isAwaited = [...this._waiting.values()].some(each => each.wasSent && each.isPrompt);
    const socket = this._socket;
    if (socket && isAwaited) {
      this._silence = setTimeout(() => {
        this._onClose(socket);
        socket.close();
      }, this._options.silenceMs ?? SILENCE_MS);
    }
  }

  private _onMessage(data: unknown): void {
    this._receive(data);
    this._listen();
  }

  private _receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      return;
    }
    const message = decodeMessage(
      data,
      (parent, header) =>
        OF_ITSELF.has(header.msg_type) ||
        (parent.msg_id !== undefined && this._waiting.has(parent.msg_id))
    );
    if (message?.channel === 'iopub') {
      this._onIopub(message);
    } else if (message?.channel === 'shell' || message?.channel === 'control') {
      const { header, content, buffers } = message;
      this._kernelSession ??= header.session;
      this._waiting.get(message.parent.msg_id ?? '')?.resolve({ content, buffers });
    }
  }

  private _onIopub({ header, content }: IKernelMessage): void {
    // A restart that somebody asks for is told by the kernels alone: by the one that goes, or by the one that comes.
    const isAnother = this._kernelSession !== undefined && header.session !== this._kernelSession;
    const hasEnded =
      header.msg_type === 'shutdown_reply' || ENDED.has(String(content['execution_state']));
    if (hasEnded || isAnother) {
      // Another kernel in its place knows nothing of what was asked.
      this._isEnded = true;
      this._rejectAll(kernelEnded(this._options.name));
    }
  }

  private _rejectAll(error: RuntimeError): void {
    [...this._waiting.values()].forEach(waiting => waiting.reject(error));
  }

  private _drop(): void {
    const socket = this._socket;
    this._socket = undefined;
    this._isConnecting = false;
    socket?.close();
  }

  private readonly _session: string;
  private readonly _waiting = new Map<string, IWaiting>();
  private _socket: ISocket | undefined;
  private _retry: ReturnType<typeof setTimeout> | undefined;
  private _silence: ReturnType<typeof setTimeout> | undefined;
  private _retryMs = RETRY_MIN_MS;
  private _lostAt: number | undefined;
  private _isConnecting = false;
  /** Each kernel process has its own. */
  private _kernelSession: string | undefined;
  private _isEnded = false;
  private _isDisposed = false;
}
