import { cellBench } from './cells.mjs';

/** Displayed, not printed: a plain Jupyter Server cuts off streams at 1 MB/s. */
export const bench = cellBench({
  what: "a cell with 10 MB of output on a remote runtime, over a plain Jupyter Server's kernel",
  code: "display({'text/plain': 'x' * 10_000_000}, raw=True)",
  runs: 1,
  bytes: 10_000_000
});
