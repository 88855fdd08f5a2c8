/** A client of the surviving channel, as the page is one. */
import { randomUUID } from 'node:crypto';

import { WebSocket } from 'ws';

import {
  channelsPath,
  KERNEL_SUBPROTOCOL,
  parseControlFrame,
  resumeQuery
} from '@jupyterlab-runtimes/core';
import type { ControlFrame, IResumePoint, IRuntimeResource } from '@jupyterlab-runtimes/core';

import { toBuffer } from '../../relay/upstream.js';
import { encodeV1, V1Frame } from '../../relay/v1Frame.js';
import { sleep, until } from './testService.js';
import type { TestService } from './testService.js';

export interface IChannelOptions {
  /** Default: `resume`. */
  readonly mode?: 'resume' | 'v1' | 'legacy';
  /** Default: the service's own. */
  readonly token?: string;
}

export interface ISent {
  readonly msgId: string;
  readonly bytes: Buffer;
}

export class TestChannel {
  constructor(
    private readonly _service: TestService,
    private readonly _runtime: IRuntimeResource,
    private readonly _options: IChannelOptions = {}
  ) {
    this._connect();
  }

  readonly session = randomUUID();
  readonly frames: V1Frame[] = [];
  readonly texts: string[] = [];
  readonly control: ControlFrame[] = [];
  /** Numbers of `frames`, for a client that resumes. */
  readonly seqs: number[] = [];

  get socket(): WebSocket {
    if (!this._socket) {
      throw new Error('The channel has not been opened yet.');
    }
    return this._socket;
  }

  get point(): IResumePoint | undefined {
    return this._point;
  }

  /** Send a request; again after each reconnection until it is acknowledged. */
  request(
    type: string,
    content: object,
    options: { channel?: string; cellId?: string } = {}
  ): string {
    const msgId = randomUUID();
    const header = {
      msg_id: msgId,
      msg_type: type,
      session: this.session,
      username: '',
      date: new Date().toISOString(),
      version: '5.3'
    };
    const metadata = options.cellId === undefined ? {} : { cellId: options.cellId };
    const json = [header, {}, metadata, content].map(part => Buffer.from(JSON.stringify(part)));
    const sent = { msgId, bytes: encodeV1(options.channel ?? 'shell', json) };
    this.unacknowledged.push(sent);
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(sent.bytes);
    }
    return msgId;
  }

  execute(code: string, options: { cellId?: string; silent?: boolean } = {}): string {
    return this.request(
      'execute_request',
      {
        code,
        silent: options.silent ?? false,
        store_history: true,
        user_expressions: {},
        allow_stdin: true,
        stop_on_error: true
      },
      options
    );
  }

  readonly unacknowledged: ISent[] = [];

  /** Messages that answer the request. */
  answers(msgId: string): V1Frame[] {
    return this.frames.filter(frame => frame.parent.msg_id === msgId);
  }

  /** What it printed. */
  stdout(msgId: string): string {
    return this.answers(msgId)
      .filter(frame => frame.header.msg_type === 'stream')
      .map(frame => String(frame.content['text']))
      .join('');
  }

  isDone(msgId: string): boolean {
    const types = this.answers(msgId).map(frame =>
      frame.header.msg_type === 'status'
        ? String(frame.content['execution_state'])
        : frame.header.msg_type
    );
    return types.includes('idle') && types.some(type => type.endsWith('_reply'));
  }

  async done(msgId: string, timeoutMs?: number): Promise<string> {
    await until(() => this.isDone(msgId), `the end of ${msgId}`, timeoutMs);
    return this.stdout(msgId);
  }

  /** Execute, and give what it printed. */
  async run(code: string): Promise<string> {
    return this.done(this.execute(code));
  }

  /** Lose the connection; it comes back by itself. */
  drop(): void {
    this.socket.terminate();
  }

  /** Come back after `close`, from where it was. */
  reopen(): void {
    this._isClosed = false;
    this._connect();
  }

  close(): void {
    this._isClosed = true;
    this._socket?.terminate();
  }

  private _connect(): void {
    let url: string;
    try {
      url = this._service.file.url.replace('http', 'ws');
    } catch {
      // The service is away: its file is not there either.
      this._again();
      return;
    }
    const { mode = 'resume' } = this._options;
    const query =
      mode === 'resume'
        ? resumeQuery(this._point)
        : new URLSearchParams({ session_id: this.session });
    const path = channelsPath(this._runtime.id, this._runtime.kernel?.id ?? '');
    const socket = new WebSocket(
      `${url}${path}?${query}`,
      mode === 'legacy' ? [] : [KERNEL_SUBPROTOCOL],
      {
        headers: { Authorization: `Bearer ${this._options.token ?? this._service.token}` },
        perMessageDeflate: false
      }
    );
    this._socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => this._again());
    socket.on('open', () => this.unacknowledged.forEach(({ bytes }) => socket.send(bytes)));
    socket.on('message', (data, isBinary) => this._onMessage(toBuffer(data), isBinary));
  }

  private _again(): void {
    if (!this._isClosed) {
      void sleep(30).then(() => !this._isClosed && this._connect());
    }
  }

  private _onMessage(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this._next += 1;
      this.seqs.push(this._next - 1);
      this.frames.push(new V1Frame(data));
      this._point = this._point && { ...this._point, after: this._next - 1 };
      return;
    }
    const text = data.toString('utf8');
    const frame = parseControlFrame(text);
    if (!frame) {
      this.texts.push(text);
      return;
    }
    this.control.push(frame);
    if (frame.type === 'attached') {
      this._next = frame.next;
      this._point = { epoch: frame.epoch, after: frame.next - 1 };
    } else if (frame.type === 'cut') {
      this._next = frame.next;
    } else {
      const index = this.unacknowledged.findIndex(({ msgId }) => msgId === frame.msg_id);
      this.unacknowledged.splice(index, index < 0 ? 0 : 1);
    }
  }

  private _socket: WebSocket | undefined;
  private _point: IResumePoint | undefined;
  private _next = 0;
  private _isClosed = false;
}
