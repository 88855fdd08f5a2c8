/** Saving, loading and capturing of variables, in Python alone: each case is a process of `state.py`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { ROOT, venvProgram } from '../machine/paths.mjs';
import { Problem } from '../machine/say.mjs';
import { bench as transferBrowser } from './transfer-browser.mjs';

const PROGRAM = fileURLToPath(new URL('state.py', import.meta.url));
const TRANSFERS_PROGRAM = fileURLToPath(new URL('transfers.py', import.meta.url));

/** What is bounded by a number and not by a baseline has that number as its baseline. */
const CASES = [
  ['save', 's', 1.5, 'saving 1 GiB of numpy, over a plain write and fsync'],
  ['load', 's', 2, 'loading 1 GiB of numpy, all of it verified, over reading the file'],
  ['resume', 's', 0.1, 'resuming 1 GiB of numpy until a cell can run, over reading the file'],
  ['frame-save', 's', 0.4, 'saving a frame with object strings, over in-band pickle 5 and fsync'],
  ['frame-load', 's', 1.2, 'loading a frame with object strings, over in-band pickle 5'],
  ['arrow-save', 's', 1.5, 'saving a frame with Arrow strings, over out-of-band pickle 5'],
  ['second', 's', 0.5, 'a second snapshot after a change of 8 MB in 1 GiB, over the first'],
  ['describe', 's', 1, 'describing 500 names with 1 GiB, over 0.3 s'],
  ['stall-arrays', 's', 1, 'the stall of a capture of arrays, over 50 ms'],
  ['stall-objects', 's', 1, 'the stall of a capture of objects, over 150 ms'],
  ['memory', 'MiB', 1, 'extra memory while 1 GiB is saved, over 64 MiB']
];

/** Between servers: with what is theirs, and over a link of 20 Mbit/s, 50 ms and 1 % loss. Without a bound: null. */
const TRANSFERS = [
  [
    'transfer',
    's',
    2,
    'local → remote, 1 GiB, until a cell has used it, over a copy by loopback HTTP'
  ],
  ['transfer-verified', 's', null, 'the same until all of it is verified, too'],
  ['transfer-http', 's', 2, 'the same with a service whose files are not seen here'],
  ['transfer-link', 's', 1 / 0.9, 'local → remote over the slow link, over its time at line rate'],
  ['transfer-echo', 's', 2, "a cell's echo meanwhile, over its time while nothing moves"]
];

const bench =
  program =>
  ([name, unit, bound, what]) => ({
    name: `state-${name}`,
    what,
    unit,
    bound,
    prepare: () => startCase(program, name)
  });

export const benches = [
  ...CASES.map(bench(PROGRAM)),
  ...TRANSFERS.map(bench(TRANSFERS_PROGRAM)),
  { ...transferBrowser, name: 'state-transfer-browser' }
];

async function startCase(program, name) {
  const child = spawn(venvProgram('python'), [program, name], {
    cwd: ROOT,
    env: { ...process.env, PYTHONPATH: ROOT },
    stdio: ['pipe', 'pipe', 'inherit']
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) {
      throw new Problem(`The case ${name} ended: see above.`);
    }
    return JSON.parse(value);
  };
  const ask = word => {
    child.stdin.write(`${word}\n`);
    return answer();
  };
  await answer();
  return {
    measure: () => ask('measure'),
    baseline: () => ask('baseline'),
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) {
        await once(child, 'exit');
      }
    }
  };
}
