/** A clock that moves when it is told to. */
import type { IInstant } from '../../deadlines.js';
import type { ISteadyClock } from '../../ports.js';

interface ITimer {
  readonly at: number;
  readonly callback: () => void;
}

/** Let what is under way come to rest. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

export class FakeClock implements ISteadyClock {
  /** @param _wall Milliseconds since 1970. */
  constructor(private _wall = Date.parse('2026-11-22T09:00:00Z')) {}

  boot = 'first boot';

  now(): Date {
    return new Date(this._wall);
  }

  instant(): IInstant {
    return { wall: this._wall, steady: this._steady, boot: this.boot };
  }

  after(ms: number, callback: () => void): { dispose(): void } {
    const timer = { at: this._steady + ms, callback };
    this._timers.add(timer);
    return { dispose: () => this._timers.delete(timer) };
  }

  /** Let time pass, with all that happens in it. */
  async pass(ms: number): Promise<void> {
    await settle();
    const end = this._steady + ms;
    for (;;) {
      const [next] = [...this._timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) {
        break;
      }
      this._timers.delete(next);
      this._move(Math.max(0, next.at - this._steady));
      next.callback();
      await settle();
    }
    this._move(end - this._steady);
  }

  minutes(minutes: number): Promise<void> {
    return this.pass(minutes * 60_000);
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this._wall += ms;
  }

  /** The machine is started again, and was off for so long. */
  reboot(offMs: number): void {
    this._wall += offMs;
    this._steady = 0;
    this.boot = `boot at ${this._wall}`;
    this._timers.clear();
  }

  private _move(ms: number): void {
    this._wall += ms;
    this._steady += ms;
  }

  private _steady = 5_000_000;
  private readonly _timers = new Set<ITimer>();
}
