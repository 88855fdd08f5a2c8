/** How long the parts of one loss are waited for, ms. */
const MOMENT_MS = 1000;

/** Sums up what the connection to a kernel has lost: replies and statuses are kept
 *  among the output that was dropped, so that one loss arrives in parts. */
export class CutTally {
  /** @param tell Called once for what was lost within a moment. */
  constructor(tell: (kernelId: string, count: number, bytes: number) => void) {
    this._tell = tell;
  }

  add(kernelId: string, count: number, bytes: number): void {
    const sum = this._sums.get(kernelId);
    if (sum) {
      sum.count += count;
      sum.bytes += bytes;
      return;
    }
    this._sums.set(kernelId, { count, bytes });
    setTimeout(() => {
      const whole = this._sums.get(kernelId);
      this._sums.delete(kernelId);
      if (whole) {
        this._tell(kernelId, whole.count, whole.bytes);
      }
    }, MOMENT_MS);
  }

  private readonly _tell: (kernelId: string, count: number, bytes: number) => void;
  private readonly _sums = new Map<string, { count: number; bytes: number }>();
}
