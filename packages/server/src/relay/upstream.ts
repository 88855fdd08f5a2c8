/**
 * The one connection to a runtime's kernel: opened again whenever it is lost, from the last message that is on disk.
 *
 * @see launchers/process/jupyter/retained_channel.py, the other end
 */
import { WebSocket, type RawData } from 'ws';

import { KERNEL_SUBPROTOCOL } from '@jupyterlab-runtimes/core';

import { authorization, webSocketUrl, type IJupyterAddress } from '../jupyter/address.js';

export interface IUpstreamEvents {
  /** Number of the last message that is on disk: the connection goes on after it. */
  after(): number;
  /** A message of the kernel. */
  onFrame(upstreamSeq: number, frame: Buffer): void;
  /** Messages that the runtime's Jupyter Server could not keep; bytes of all, and by the msg_id that they answer. */
  onCut(count: number, bytes: number, byParent: ReadonlyMap<string, number>): void;
  /** The message was given to the kernel. */
  onAck(msgId: string): void;
  onOpen(): void;
  onClose(): void;
  /** The other end answered, and said no (404: the kernel is gone). It is tried again all the same. */
  onRefused(status: number, reason: string): void;
}

const FIRST_RETRY_MS = 30;
const MAX_RETRY_MS = 1000;
/** No answer to the opening request within this time: tried again, milliseconds. A starting kernel may take long. */
const HANDSHAKE_MS = 90_000;
/** An acknowledgement goes out after so many bytes, or milliseconds. */
const ACK_BYTES = 1024 * 1024;
const ACK_MS = 50;

export class Upstream {
  constructor(
    private readonly _address: IJupyterAddress,
    private readonly _kernelId: string,
    private readonly _sessionId: string,
    private readonly _events: IUpstreamEvents
  ) {
    this._connect();
  }

  get isOpen(): boolean {
    return this._socket?.readyState === WebSocket.OPEN && this._next >= 0;
  }

  /** Send a v1 frame; false while there is no connection. */
  send(frame: Buffer): boolean {
    if (!this.isOpen) {
      return false;
    }
    this._socket?.send(frame, { binary: true });
    return true;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._retryTimer);
    clearTimeout(this._ackTimer);
    this._socket?.terminate();
  }

  private _connect(): void {
    const query = new URLSearchParams({
      session_id: this._sessionId,
      after: String(this._events.after())
    });
    const url = webSocketUrl(
      this._address,
      `api/kernels/${encodeURIComponent(this._kernelId)}/channels?${query.toString()}`
    );
    const socket = new WebSocket(url, [KERNEL_SUBPROTOCOL], {
      headers: { Authorization: authorization(this._address) },
      perMessageDeflate: false,
      maxPayload: 0,
      handshakeTimeout: HANDSHAKE_MS
    });
    this._socket = socket;
    this._next = -1;
    socket.on('message', (data, isBinary) => this._onMessage(data, isBinary));
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      this._events.onRefused(response.statusCode ?? 0, response.statusMessage ?? '');
      socket.terminate();
    });
    // Every failure is followed by `close`, which connects again; the process monitor knows when that is pointless.
    socket.on('error', () => undefined);
    socket.on('close', () => this._onClose(socket));
  }

  private _onClose(socket: WebSocket): void {
    if (socket !== this._socket || this._isDisposed) {
      return;
    }
    this._socket = undefined;
    clearTimeout(this._ackTimer);
    this._ackTimer = undefined;
    this._events.onClose();
    this._retryTimer = setTimeout(() => this._connect(), this._retryMs);
    this._retryMs = Math.min(this._retryMs * 2, MAX_RETRY_MS);
  }

  private _onMessage(data: RawData, isBinary: boolean): void {
    const bytes = toBuffer(data);
    if (!isBinary) {
      this._onControl(bytes.toString('utf8'));
      return;
    }
    const seq = this._next;
    this._next += 1;
    this._events.onFrame(seq, bytes);
    this._unacknowledged += bytes.length;
    if (this._unacknowledged >= ACK_BYTES) {
      this._acknowledge();
    } else {
      this._ackTimer ??= setTimeout(() => this._acknowledge(), ACK_MS);
    }
  }

  private _onControl(text: string): void {
    const frame = JSON.parse(text) as {
      type: string;
      next: number;
      count: number;
      bytes: number;
      /** Not from a Jupyter Server that an older service started. */
      parents?: Record<string, number>;
      msg_id: string;
    };
    switch (frame.type) {
      case 'attached':
        this._retryMs = FIRST_RETRY_MS;
        this._next = frame.next;
        this._events.onOpen();
        break;
      case 'cut':
        this._next = frame.next;
        this._events.onCut(frame.count, frame.bytes, new Map(Object.entries(frame.parents ?? {})));
        break;
      case 'ack':
        this._events.onAck(frame.msg_id);
        break;
    }
  }

  private _acknowledge(): void {
    clearTimeout(this._ackTimer);
    this._ackTimer = undefined;
    this._unacknowledged = 0;
    if (this.isOpen) {
      this._socket?.send(JSON.stringify({ type: 'ack', seq: this._next - 1 }));
    }
  }

  private _socket: WebSocket | undefined;
  private _next = -1;
  private _unacknowledged = 0;
  private _ackTimer: NodeJS.Timeout | undefined;
  private _retryTimer: NodeJS.Timeout | undefined;
  private _retryMs = FIRST_RETRY_MS;
  private _isDisposed = false;
}

/** What `ws` gives, as one buffer without a copy where it is one already. */
export function toBuffer(data: RawData): Buffer {
  return Array.isArray(data)
    ? Buffer.concat(data)
    : Buffer.isBuffer(data)
      ? data
      : Buffer.from(data);
}
