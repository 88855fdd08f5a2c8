/**
 * `npm run bench [-- NAME …]`: what matters for speed, each over its own
 * baseline in interleaved pairs. One JSON object a line:
 * `{name, value, unit, baseline, ratio, ratio_low, ratio_high, bound}`.
 *
 * It falls short when the whole interval lies above the bound; that is for the
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

const NAMES = ['cell-1kb', 'cell-10mb', 'browser-first-cell', 'lab-startup', 'remote-launch'];
const PAIRS = 15;

await main(async () => {
  const names = argv.slice(2).filter(word => !word.startsWith('-'));
  const unknown = names.filter(name => !NAMES.includes(name));
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
    for (const name of names.length > 0 ? names : NAMES) {
      const file = new URL(`bench/${name}.mjs`, import.meta.url);
      if (!existsSync(file)) {
        continue;
      }
      const { bench } = await import(file.href);
      complain(`${name}: ${bench.what}, ${PAIRS} pairs`);
      try {
        say(JSON.stringify(await compare({ ...bench, name, pairs: PAIRS }, chromium)));
      } catch (error) {
        broken += 1;
        complain(
          `${name} could not run: ${error instanceof Problem ? error.message : error.stack}`
        );
      }
    }
  } finally {
    await chromium.close();
    await endLabs();
  }
  return broken === 0 ? 0 : 1;
});
