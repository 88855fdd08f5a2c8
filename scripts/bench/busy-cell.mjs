import { cellBench } from './cells.mjs';

export const bench = cellBench({
  what: "a cell with 1 kB of output on a remote runtime while ten others are busy, over a plain Jupyter Server's kernel beside ten busy ones",
  code: "print('x' * 1023)",
  runs: 20,
  bytes: 1024,
  busy: 10
});
