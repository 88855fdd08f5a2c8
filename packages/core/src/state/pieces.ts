/** How much goes into one message: as much as a fast link likes, as little as a slow one needs to let others through. */

const MIN_BYTES = 256 * 1024;
/** With its headers well below the 10 MiB at which a Jupyter Server closes the connection. */
const MESSAGE_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 1024 * 1024;
/** A message may hold up a cell's messages behind it for so long. */
const TARGET_MS = 150;
/** Weight of what was seen last. */
const NEWS = 0.3;

export class PieceSize {
  /** @param _maxBytes Of a piece. Default: what a message takes. */
  constructor(
    private readonly _now: () => number,
    private readonly _maxBytes = MESSAGE_BYTES
  ) {
    this._lastAt = _now();
  }

  get bytes(): number {
    return this._bytes;
  }

  /** A piece has arrived; others are under way behind it. */
  observe(bytes: number): void {
    const at = this._now();
    const rate = bytes / Math.max(1, at - this._lastAt);
    this._lastAt = at;
    this._rate = this._rate === 0 ? rate : this._rate * (1 - NEWS) + rate * NEWS;
    const wanted = Math.min(this._maxBytes, Math.max(MIN_BYTES, this._rate * TARGET_MS));
    // No more than twice or half of it at a time: one look is no measurement.
    this._bytes = Math.round(Math.min(this._bytes * 2, Math.max(this._bytes / 2, wanted)));
  }

  private _bytes = FIRST_BYTES;
  /** Bytes per millisecond. */
  private _rate = 0;
  private _lastAt: number;
}
