/** At most so many launches at a time, in the order in which they came. */

export class LaunchQueue {
  constructor(private readonly _limit: number) {}

  /** Wait for a turn.
   *  @param onWait Called when it does not come at once.
   *  @returns Gives the turn back; also when the signal ended the waiting. */
  async enter(signal: AbortSignal, onWait: () => void): Promise<() => void> {
    if (this._running >= this._limit) {
      onWait();
      await new Promise<void>(resolve => {
        this._waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this._running += 1;
    return () => {
      this._running -= 1;
      this._waiting.shift()?.();
    };
  }

  private _running = 0;
  private readonly _waiting: (() => void)[] = [];
}
