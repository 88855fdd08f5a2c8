import { KernelMessage } from '@jupyterlab/services';
import { deserialize } from '@jupyterlab/services/lib/kernel/serialize';

/** What a socket is plugged into. */
export interface ISocketPeer {
  connect(socket: KernelSocket): void;
  disconnect(socket: KernelSocket): void;
  receive(socket: KernelSocket, message: KernelMessage.IMessage): void;
}

/** As far as KernelConnection knows a WebSocket: the page's end of a kernel in the same page. */
export class KernelSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  /** @param find The kernel, undefined when there is none (any more). */
  constructor(
    readonly url: string,
    protocols: string | string[] | undefined,
    find: (kernelId: string) => ISocketPeer | undefined
  ) {
    const { kernelId, sessionId } = parseSocketUrl(url);
    this.sessionId = sessionId;
    this.protocol = [protocols ?? []].flat().includes(PROTOCOL) ? PROTOCOL : '';
    // As with the network, nothing happens before the caller has set its handlers.
    queueMicrotask(() => {
      if (this.readyState !== KernelSocket.CONNECTING) {
        return;
      }
      this._peer = find(kernelId);
      if (!this._peer || this.protocol !== PROTOCOL) {
        this._end(4404, 'There is no such kernel in this page.');
        return;
      }
      this.readyState = KernelSocket.OPEN;
      // First the kernel's status, then Lab's first request: its `busy` would be told as
      // the kernel's own, and stay, since Lab does not count what such requests say.
      this._peer.connect(this);
      this.onopen?.(new Event('open'));
    });
  }

  readonly protocol: string;
  readonly sessionId: string;
  readonly extensions = '';
  readonly bufferedAmount = 0;
  binaryType: BinaryType = 'arraybuffer';
  readyState: number = KernelSocket.CONNECTING;

  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;

  /** From Lab to the kernel. */
  send(data: ArrayBuffer | ArrayBufferView | string | Blob): void {
    if (this.readyState === KernelSocket.CONNECTING) {
      throw new DOMException('The socket is not open yet.', 'InvalidStateError');
    }
    if (this.readyState === KernelSocket.OPEN && data instanceof ArrayBuffer) {
      this._peer?.receive(this, deserialize(data, this.protocol));
    }
  }

  /** From the kernel to Lab. */
  deliver(frame: ArrayBuffer): void {
    if (this.readyState === KernelSocket.OPEN) {
      this.onmessage?.(new MessageEvent('message', { data: frame }));
    }
  }

  close(code = 1000, reason = ''): void {
    if (this.readyState === KernelSocket.CLOSED) {
      return;
    }
    this._peer?.disconnect(this);
    this._end(code, reason);
  }

  private _end(code: number, reason: string): void {
    this.readyState = KernelSocket.CLOSED;
    this._peer = undefined;
    queueMicrotask(() =>
      this.onclose?.(new CloseEvent('close', { code, reason, wasClean: code === 1000 }))
    );
  }

  private _peer: ISocketPeer | undefined;
}

const PROTOCOL = KernelMessage.supportedKernelWebSocketProtocols
  .v1KernelWebsocketJupyterOrg as string;

/** @throws Error for a URL that is not one of a kernel's channels. */
export function parseSocketUrl(url: string): { kernelId: string; sessionId: string } {
  const { pathname, searchParams } = new URL(url);
  const kernelId = /\/api\/kernels\/([^/]+)\/channels$/.exec(pathname)?.[1];
  if (!kernelId) {
    throw new Error(`${pathname} does not lead to a kernel's channels.`);
  }
  return {
    kernelId: decodeURIComponent(kernelId),
    sessionId: searchParams.get('session_id') ?? ''
  };
}
