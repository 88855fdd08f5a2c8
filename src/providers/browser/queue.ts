import type { KernelMessage } from '@jupyterlab/services';

import type { KernelSocket } from './socket';

/** A request and who asked. */
export interface IQueued {
  readonly socket: KernelSocket;
  readonly message: KernelMessage.IMessage;
  /** JSON of the message's header. */
  readonly header: string;
}

/** What the queue needs from its kernel. */
export interface IQueueOwner {
  /** @returns Whether what waits behind may run, too: false after an error. */
  run(item: IQueued): Promise<boolean>;
  /** Tell that an item will not run. */
  abort(item: IQueued): void;
}

/** A kernel's requests, one at a time, in the order in which they came. Waits while closed. */
export class RequestQueue {
  constructor(private readonly _owner: IQueueOwner) {}

  /** The request that is being answered. */
  get running(): IQueued | null {
    return this._running;
  }

  add(item: IQueued): void {
    this._items.push(item);
    void this._work();
  }

  /** From now on requests are run. */
  open(): void {
    this._round = {};
    void this._work();
  }

  /** Forget everything: the worker is gone. New requests wait for `open`.
   *  @returns What was running, and what waited. */
  close(): { running: IQueued | null; waiting: readonly IQueued[] } {
    const left = { running: this._running, waiting: this._items };
    this._round = null;
    this._running = null;
    this._items = [];
    return left;
  }

  private async _work(): Promise<void> {
    const round = this._round;
    while (round && round === this._round && !this._running && this._items.length > 0) {
      const [item] = this._items.splice(0, 1);
      this._running = item;
      let goOn = false;
      try {
        goOn = await this._owner.run(item);
      } finally {
        // An error of ours is reported by the page, and holds up nothing else.
        if (round === this._round) {
          this._running = null;
          if (!goOn) {
            this._abortExecutions();
          }
        }
      }
    }
  }

  /** Jupyter's stop-on-error: the cells that were sent already don't run. */
  private _abortExecutions(): void {
    const isExecution = (item: IQueued) => item.message.header.msg_type === 'execute_request';
    const aborted = this._items.filter(isExecution);
    this._items = this._items.filter(item => !isExecution(item));
    aborted.forEach(item => this._owner.abort(item));
  }

  private _items: IQueued[] = [];
  private _running: IQueued | null = null;
  /** Changes whenever the queue was closed; null while it is. */
  private _round: object | null = null;
}
