import type { IResumePoint } from '@jupyterlab-runtimes/core';

/**
 * What is known of one client's channel to a kernel, from socket to socket:
 * how far it has read, and what it sent without an answer yet.
 */
export class Channel {
  constructor(
    readonly kernelId: string,
    readonly clientId: string
  ) {}

  /** Where to go on; undefined before the first attachment. */
  get resumePoint(): IResumePoint | undefined {
    return this._epoch === null ? undefined : { epoch: this._epoch, after: this._after };
  }

  /** Number of the first message that this channel brought or will bring, in
   *  the journal that it reads; undefined before the first attachment. */
  get firstSeq(): number | undefined {
    return this._firstSeq;
  }

  /** Number of the message that comes next; undefined before the first attachment. */
  get nextSeq(): number | undefined {
    return this._epoch === null ? undefined : this._after + 1;
  }

  /** When the connection was lost, ms since the epoch; null while there is one. */
  lostAt: number | null = null;

  /** Resolves at the first attachment. */
  get attached(): Promise<void> {
    return this._attached;
  }

  /** The service told what comes next.
   *  @returns Whether it goes on in another journal than before: then what
   *  happened between the two is not known. */
  attach(epoch: string, next: number): boolean {
    const isOtherJournal = this._epoch !== null && this._epoch !== epoch;
    if (this._epoch !== epoch) {
      this._epoch = epoch;
      this._firstSeq = next;
    }
    this._after = next - 1;
    this.lostAt = null;
    this._resolveAttached();
    return isOtherJournal;
  }

  /** What would have come next is not kept any more. */
  skipTo(next: number): void {
    this._after = next - 1;
  }

  /** One numbered message has arrived. */
  received(): void {
    this._after += 1;
  }

  /** A message is to be sent until it is acknowledged. */
  sending(msgId: string, frame: ArrayBuffer): void {
    this._unacknowledged.set(msgId, frame);
  }

  acknowledged(msgId: string): void {
    this._unacknowledged.delete(msgId);
  }

  /** What has to be sent again on a new socket, in order. */
  get unacknowledged(): Iterable<ArrayBuffer> {
    return this._unacknowledged.values();
  }

  private _epoch: string | null = null;
  private _after = -1;
  private _firstSeq: number | undefined;
  private readonly _unacknowledged = new Map<string, ArrayBuffer>();
  private _resolveAttached: () => void = () => undefined;
  private readonly _attached = new Promise<void>(resolve => {
    this._resolveAttached = resolve;
  });
}
