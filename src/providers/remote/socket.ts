import { KERNEL_SUBPROTOCOL, parseControlFrame, resumeQuery } from '@jupyterlab-runtimes/core';

import type { Channel } from './channel';
import { messageIdOf } from './kernelframe';

/** First and longest pause between two attempts, ms. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5000;

/** What a `ResumableSocket` needs from the place it belongs to. */
export interface ISocketContext {
  /** The channel's own URL, without resume query.
   *  @throws when the kernel's runtime is not known (yet): it is asked again. */
  urlOf(kernelId: string): Promise<string>;
  channelOf(kernelId: string, clientId: string): Channel;
  /** How long a lost connection is waited for, ms. */
  readonly reconnectTimeoutMs: number;
  readonly WebSocket: typeof WebSocket;
  onCut(channel: Channel, count: number, bytes: number): void;
  onGaveUp(channel: Channel, afterMs: number): void;
  now(): number;
}

/**
 * The socket that a stock `KernelConnection` gets for a remote kernel. It opens
 * once the service has said where the numbered messages go on, keeps trying
 * until then, and resends what was not acknowledged: so each message arrives
 * exactly once, through a lost network, a restarted Jupyter Server and a killed
 * service. A loss after opening closes it; the connection then makes the next.
 *
 * @see ARCHITECTURE.md, "The channel that survives"
 */
export class ResumableSocket {
  constructor(context: ISocketContext, url: string) {
    this._context = context;
    this.url = url;
    const { pathname, searchParams } = new URL(url);
    const [, kernelId] = /\/api\/kernels\/([^/]+)\/channels$/.exec(pathname) ?? [];
    this._channel = context.channelOf(
      decodeURIComponent(kernelId ?? ''),
      searchParams.get('session_id') ?? ''
    );
    this._channel.lostAt ??= context.now();
    void this._connect();
  }

  readonly url: string;
  readonly protocol = KERNEL_SUBPROTOCOL;
  binaryType: BinaryType = 'arraybuffer';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;

  get readyState(): number {
    return this._readyState;
  }

  send(data: ArrayBuffer): void {
    if (this._readyState !== WebSocket.OPEN || !this._socket) {
      throw new DOMException('The channel is not open.', 'InvalidStateError');
    }
    const msgId = messageIdOf(data);
    if (msgId !== undefined) {
      this._channel.sending(msgId, data);
    }
    this._socket.send(data);
  }

  close(): void {
    this._readyState = WebSocket.CLOSED;
    clearTimeout(this._retry);
    this._socket?.close();
    this._socket = null;
  }

  private async _connect(): Promise<void> {
    let url: string;
    try {
      url = await this._context.urlOf(this._channel.kernelId);
    } catch {
      // The provider carries the reason in its status; the channel is asked for again.
      this._scheduleRetry();
      return;
    }
    if (this._readyState !== WebSocket.CONNECTING) {
      return;
    }
    const query = resumeQuery(this._channel.resumePoint);
    query.set('session_id', this._channel.clientId);
    const socket = new this._context.WebSocket(`${url}?${query}`, [KERNEL_SUBPROTOCOL]);
    socket.binaryType = 'arraybuffer';
    this._socket = socket;
    socket.onmessage = event => this._onMessage(event);
    socket.onclose = event => this._onClose(socket, event);
  }

  private _onMessage(event: MessageEvent): void {
    if (typeof event.data === 'string') {
      this._onControl(event.data);
      return;
    }
    this._channel.received();
    this.onmessage?.(event);
  }

  private _onControl(text: string): void {
    const frame = parseControlFrame(text);
    switch (frame?.type) {
      case 'attached':
        if (this._channel.attach(frame.epoch, frame.next)) {
          this._context.onCut(this._channel, 0, 0);
        }
        this._open();
        break;
      case 'cut':
        this._channel.skipTo(frame.next);
        this._context.onCut(this._channel, frame.count, frame.bytes);
        break;
      case 'ack':
        this._channel.acknowledged(frame.msg_id);
        break;
    }
  }

  private _open(): void {
    this._readyState = WebSocket.OPEN;
    for (const frame of this._channel.unacknowledged) {
      this._socket?.send(frame);
    }
    this.onopen?.(new Event('open'));
  }

  private _onClose(socket: WebSocket, event: CloseEvent): void {
    if (socket !== this._socket) {
      return;
    }
    this._socket = null;
    if (this._readyState === WebSocket.OPEN) {
      this._readyState = WebSocket.CLOSED;
      this._channel.lostAt = this._context.now();
      // Whatever the other side said, the connection is to be taken up again.
      this.onclose?.(new CloseEvent('close', { code: 1006, reason: event.reason }));
    } else {
      this._scheduleRetry();
    }
  }

  private _scheduleRetry(): void {
    if (this._readyState !== WebSocket.CONNECTING) {
      return;
    }
    const waitedMs = this._context.now() - (this._channel.lostAt ?? this._context.now());
    if (waitedMs >= this._context.reconnectTimeoutMs) {
      this._readyState = WebSocket.CLOSED;
      this._context.onGaveUp(this._channel, waitedMs);
      // A code of 1000 is what ends Lab's own retries.
      this.onclose?.(new CloseEvent('close', { code: 1000, reason: 'Gave up reconnecting' }));
      return;
    }
    this._retry = setTimeout(() => void this._connect(), this._pauseMs);
    this._pauseMs = Math.min(this._pauseMs * 2, RETRY_MAX_MS);
  }

  private readonly _context: ISocketContext;
  private readonly _channel: Channel;
  private _socket: WebSocket | null = null;
  private _readyState: number = WebSocket.CONNECTING;
  private _retry: ReturnType<typeof setTimeout> | undefined;
  private _pauseMs = RETRY_MIN_MS;
}

/** A WebSocket class for `ServerConnection.ISettings`, bound to a place. */
export function resumableSocketClass(context: ISocketContext): typeof WebSocket {
  class BoundSocket extends ResumableSocket {
    constructor(url: string) {
      super(context, url);
    }
  }
  // KernelConnection uses what ResumableSocket has: a subset of WebSocket.
  return BoundSocket as unknown as typeof WebSocket;
}
