import { UUID } from '@lumino/coreutils';

import { encodeFrame } from './frame';
import type { KernelSocket } from './socket';

/** How long text is gathered before it is sent, ms: too short to be seen, long
 *  enough that a thousand prints are not a thousand messages. */
const GATHER_MS = 10;
/** … or until there is so much of it, characters. */
const GATHER_LENGTH = 1 << 20;

/** What every message of a kernel has beside its content. */
export interface IMessageParts {
  readonly msgType: string;
  /** JSON of the request's header. */
  readonly parent: string;
  /** JSON. */
  readonly content: string | Uint8Array;
  /** JSON. */
  readonly metadata?: string;
  readonly buffers?: readonly ArrayBuffer[];
}

/** A kernel's messages on their way to the page's connections, in order. */
export class Publisher {
  readonly sockets = new Set<KernelSocket>();

  /** Tell connections that this is a new kernel process: they drop what the old one sent. */
  renewSession(): void {
    this.flush();
    this._session = UUID.uuid4();
  }

  /** To everybody. */
  publish(parts: IMessageParts): void {
    this.flush();
    const frame = this._encode('iopub', parts);
    for (const socket of this.sockets) {
      socket.deliver(frame);
    }
  }

  /** @param state One of Jupyter's execution states. */
  publishStatus(state: string, parent = '{}'): void {
    this.publish({
      msgType: 'status',
      parent,
      content: JSON.stringify({ execution_state: state })
    });
  }

  /** Text that somebody printed; it may wait a moment for more. */
  publishText(name: string, text: string, parent: string): void {
    const waiting = this._text;
    if (waiting && (waiting.name !== name || waiting.parent !== parent)) {
      this.flush();
    }
    if (this._text) {
      this._text.pieces.push(text);
      this._text.length += text.length;
      if (this._text.length > GATHER_LENGTH) {
        this.flush();
      }
    } else {
      const timer = setTimeout(() => this.flush(), GATHER_MS);
      this._text = { name, parent, pieces: [text], length: text.length, timer };
    }
  }

  /** To one connection. */
  send(socket: KernelSocket, channel: 'shell' | 'control' | 'stdin', parts: IMessageParts): void {
    this.flush();
    socket.deliver(this._encode(channel, parts));
  }

  /** Send the text that waits. */
  flush(): void {
    const text = this._text;
    if (text) {
      this._text = null;
      clearTimeout(text.timer);
      const { name, parent } = text;
      const content = JSON.stringify({ name, text: text.pieces.join('') });
      this.publish({ msgType: 'stream', parent, content });
    }
  }

  private _encode(channel: string, parts: IMessageParts): ArrayBuffer {
    const header = {
      msg_id: UUID.uuid4(),
      msg_type: parts.msgType,
      session: this._session,
      username: 'kernel',
      date: new Date().toISOString(),
      version: '5.3'
    };
    return encodeFrame({
      channel,
      header: JSON.stringify(header),
      parent: parts.parent,
      metadata: parts.metadata ?? '{}',
      content: parts.content,
      buffers: parts.buffers ?? []
    });
  }

  private _session = UUID.uuid4();
  private _text: {
    readonly name: string;
    readonly parent: string;
    readonly pieces: string[];
    length: number;
    readonly timer: ReturnType<typeof setTimeout>;
  } | null = null;
}
