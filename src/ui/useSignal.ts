/** React hooks over Lumino signals and the clock: nothing is connected inside a render. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/**
 * Render again whenever one of the signals is emitted.
 *
 * @param signals As many at each render; which ones may change.
 */
export function useSignals(...signals: readonly ISignal<unknown, unknown>[]): void {
  const [, setVersion] = React.useState(0);
  React.useEffect(() => {
    const onEmit = () => setVersion(version => version + 1);
    for (const signal of signals) {
      signal.connect(onEmit);
    }
    // What was emitted between the render and this effect would be missed.
    onEmit();
    return () => {
      for (const signal of signals) {
        signal.disconnect(onEmit);
      }
    };
  }, signals);
}

/** The time, milliseconds since the epoch; renders again every `everyMs`. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
