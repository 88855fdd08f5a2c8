/** How long moving so many bytes is likely to take: what was seen last between two places, else a cautious guess. */

/** Bytes per second where nothing has been seen yet. */
const FIRST_GUESS = 30e6;
/** Capturing and restoring take this, whatever the size, seconds. */
const OVERHEAD_S = 0.5;
/** Shorter transfers say more about their overhead than about the way. */
const TELLING_BYTES = 4e6;

export class TransferRates {
  /** @param source @param target Ids of providers. */
  seconds(source: string, target: string, bytes: number): number {
    return OVERHEAD_S + bytes / (this._rates.get(key(source, target)) ?? FIRST_GUESS);
  }

  /** So many bytes took so long. */
  observe(source: string, target: string, bytes: number, seconds: number): void {
    if (bytes >= TELLING_BYTES && seconds > OVERHEAD_S) {
      this._rates.set(key(source, target), bytes / (seconds - OVERHEAD_S));
    } else if (bytes >= TELLING_BYTES) {
      this._rates.set(key(source, target), bytes / seconds);
    }
  }

  private readonly _rates = new Map<string, number>();
}

function key(source: string, target: string): string {
  return `${source} ${target}`;
}
