/** One client of the channel: reads the journal as fast as its socket takes it. */
import type { WebSocket } from 'ws';

import type { ControlFrame, IResumePoint } from '@jupyterlab-runtimes/core';

import type { Journal, JournalEntry } from './journal/journal.js';
import { toLegacy } from './legacyFrame.js';
import { V1Frame } from './v1Frame.js';

/** `resume` gets control frames and every message; `v1` and `legacy` get what plain Jupyter would send them. */
export type ChannelMode = 'resume' | 'v1' | 'legacy';

/** A socket with more than this under way gets nothing new until it drains, bytes. */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;
/** So much at once, then others get their turn, bytes. */
const TURN_BYTES = 4 * 1024 * 1024;

export class ChannelClient {
  constructor(
    private readonly _socket: WebSocket,
    readonly mode: ChannelMode,
    private readonly _journal: Journal,
    point: IResumePoint | undefined
  ) {
    const canResume = point?.epoch === _journal.epoch && point.after < _journal.next;
    this._cursor = canResume ? point.after + 1 : _journal.next;
    if (mode === 'resume') {
      this._control({ type: 'attached', epoch: _journal.epoch, next: this._cursor });
    }
    this.pump();
  }

  /** A session of this client: replies to it are for this client. */
  addSession(session: string): void {
    this._sessions.add(session);
  }

  acknowledge(msgId: string): void {
    if (this.mode === 'resume') {
      this._control({ type: 'ack', msg_id: msgId });
    }
  }

  /** Send what is there; called again when more comes, and when the socket drained. */
  readonly pump = (): void => {
    let turn = 0;
    while (
      this._socket.readyState === this._socket.OPEN &&
      this._socket.bufferedAmount < HIGH_WATER_BYTES
    ) {
      const entry = this._journal.read(this._cursor);
      if (!entry) {
        return;
      }
      if (turn > TURN_BYTES) {
        this._later();
        return;
      }
      this._cursor = entry.kind === 'cut' ? entry.next : entry.seq + 1;
      turn += entry.kind === 'cut' ? 0 : entry.frame.length;
      this._send(entry);
    }
    this._isFull = true;
  };

  private _send(entry: JournalEntry): void {
    if (entry.kind === 'cut') {
      if (this.mode === 'resume') {
        this._control({ type: 'cut', count: entry.count, bytes: entry.bytes, next: entry.next });
      }
      return;
    }
    if (this.mode === 'resume') {
      this._socket.send(entry.frame, { binary: true }, this._onSent);
      return;
    }
    const frame = new V1Frame(entry.frame);
    if (frame.channel !== 'iopub' && !this._sessions.has(frame.parent.session ?? '')) {
      return;
    }
    const data = this.mode === 'legacy' ? toLegacy(frame) : entry.frame;
    this._socket.send(data, { binary: typeof data !== 'string' }, this._onSent);
  }

  private _control(frame: ControlFrame): void {
    this._socket.send(JSON.stringify(frame));
  }

  private readonly _onSent = (): void => {
    if (this._isFull && this._socket.bufferedAmount < HIGH_WATER_BYTES / 4) {
      this._isFull = false;
      this.pump();
    }
  };

  private _later(): void {
    if (!this._isWaiting) {
      this._isWaiting = true;
      setImmediate(() => {
        this._isWaiting = false;
        this.pump();
      });
    }
  }

  private _cursor: number;
  private readonly _sessions = new Set<string>();
  private _isFull = false;
  private _isWaiting = false;
}
