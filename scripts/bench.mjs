/**
 * `npm run bench [-- NAME …]` (`state` is all of `state-…`): what matters for speed, each over its own
 * baseline in interleaved pairs. One JSON object a line:
 * `{name, value, unit, baseline, ratio, ratio_low, ratio_high, bound}`.
 *
 * A bound that is null is none. It falls short when the whole interval lies above the bound; that is for the
 * reader to judge, so the exit code is 0 unless a bench could not run.
 */
import { existsSync } from 'node:fs';
import { argv } from 'node:process';

import { compare } from './bench/compare.mjs';
import { endLabs, openBrowser } from './bench/page.mjs';
import { build } from './build.mjs';
import { SERVICE_NODE_MARK, runOnServiceNode } from './machine/node.mjs';
import { Problem, complain, main, say } from './machine/say.mjs';
import { setup } from './setup.mjs';

const NAMES = [
  'cell-1kb',
  'cell-10mb',
  'browser-first-cell',
  'lab-startup',
  'remote-launch',
  'warm-launch',
  'busy-cell',
  'service-list',
  'state'
];
const PAIRS = Number(process.env.JLR_BENCH_PAIRS ?? 15);

await main(async () => {
  const names = argv.slice(2).filter(word => !word.startsWith('-'));
  const unknown = names.filter(
    name => !NAMES.some(known => name === known || name.startsWith(`${known}-`))
  );
  if (unknown.length > 0) {
    throw new Problem(`There is no bench ${unknown.join(', ')}. There are ${NAMES.join(', ')}.`);
  }
  if (!process.env[SERVICE_NODE_MARK]) {
    await setup();
    await build();
    return runOnServiceNode();
  }
  const chromium = await openBrowser();
  let broken = 0;
  try {
    for (const bench of await chosen(names)) {
      complain(`${bench.name}: ${bench.what}, ${PAIRS} pairs`);
      try {
        say(JSON.stringify(await compare({ ...bench, pairs: PAIRS }, chromium)));
      } catch (error) {
        broken += 1;
        complain(
          `${bench.name} could not run: ${error instanceof Problem ? error.message : error.stack}`
        );
      }
    }
  } finally {
    await chromium.close();
    await endLabs();
  }
  return broken === 0 ? 0 : 1;
});

/** A file has one bench, which is called as the file is, or several. */
async function chosen(names) {
  const all = [];
  for (const name of NAMES) {
    const file = new URL(`bench/${name}.mjs`, import.meta.url);
    if (existsSync(file)) {
      const { bench, benches = [{ ...bench, name }] } = await import(file.href);
      all.push(...benches);
    }
  }
  const isWanted = name => names.some(each => name === each || name.startsWith(`${each}-`));
  return names.length === 0 ? all : all.filter(({ name }) => isWanted(name));
}
