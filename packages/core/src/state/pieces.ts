/** How much goes into one message: as much as a fast link likes, as little as a slow one needs to let others through. */

const MIN_BYTES = 128 * 1024;
/** With its headers well below the 10 MiB at which a Jupyter Server closes the connection. */
const MAX_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 1024 * 1024;
/** A message that is under way for longer than this holds up a cell's messages behind it. */
const SLOW_MS = 250;
const FAST_MS = 80;

export class PieceSize {
  get bytes(): number {
    return this._bytes;
  }

  /** A piece took so long from its request until it had arrived. */
  observe(bytes: number, ms: number): void {
    if (bytes < this._bytes) {
      return;
    }
    if (ms > SLOW_MS) {
      this._bytes = Math.max(MIN_BYTES, this._bytes / 2);
    } else if (ms < FAST_MS) {
      this._bytes = Math.min(MAX_BYTES, this._bytes * 2);
    }
  }

  private _bytes = FIRST_BYTES;
}
