/** At most so many launches at a time, in the order in which they came. */

export class LaunchQueue {
  constructor(private readonly _limit: number) {}

  /** Wait for a turn.
   *  @param onWait Called when it does not come at once.
   *  @returns Gives the turn back. When the signal ends the waiting, there is none to give back. */
  async enter(signal: AbortSignal, onWait: () => void): Promise<() => void> {
    if (this._running < this._limit) {
      this._running += 1;
      return this._leave;
    }
    onWait();
    const hasTurn = await new Promise<boolean>(resolve => {
      const take = (): void => resolve(true);
      this._waiting.push(take);
      signal.addEventListener('abort', () => {
        this._waiting = this._waiting.filter(each => each !== take);
        resolve(false);
      });
    });
    return hasTurn ? this._leave : () => undefined;
  }

  /** The turn goes to who waits longest, or is free. */
  private readonly _leave = (): void => {
    const next = this._waiting.shift();
    if (next) {
      next();
    } else {
      this._running -= 1;
    }
  };

  private _running = 0;
  private _waiting: (() => void)[] = [];
}
