import { cellBench } from './cells.mjs';

export const bench = cellBench({
  what: "a cell with 1 kB of output on a remote runtime, over a plain Jupyter Server's kernel",
  code: "print('x' * 1023)",
  runs: 20,
  bytes: 1024
});
