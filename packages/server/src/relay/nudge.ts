/**
 * Make sure that a kernel answers, and that its output reaches us: ask it for its kernel_info until both the reply and
 * an iopub message about the request have come. A socket that was connected a moment ago loses iopub messages.
 */
import { randomUUID } from 'node:crypto';

import { encodeV1, type V1Frame } from './v1Frame.js';

const AGAIN_MS = 300;

export class Nudge {
  constructor(
    private readonly _session: string,
    private readonly _send: (frame: Buffer) => void,
    private readonly _onDone: () => void
  ) {
    this._ask();
  }

  /** Take a message that answers to our session. */
  observe(frame: V1Frame): void {
    this._hasReply ||= frame.header.msg_type === 'kernel_info_reply';
    this._hasOutput ||= frame.channel === 'iopub';
    if (this._hasReply && this._hasOutput && !this._isDisposed) {
      this.dispose();
      this._onDone();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  private readonly _ask = (): void => {
    const header = {
      msg_id: randomUUID(),
      msg_type: 'kernel_info_request',
      session: this._session,
      username: '',
      date: new Date().toISOString(),
      version: '5.3'
    };
    this._send(
      encodeV1(
        'shell',
        [header, {}, {}, {}].map(part => Buffer.from(JSON.stringify(part)))
      )
    );
    this._timer = setTimeout(this._ask, AGAIN_MS);
  };

  private _timer: NodeJS.Timeout | undefined;
  private _hasReply = false;
  private _hasOutput = false;
  private _isDisposed = false;
}
