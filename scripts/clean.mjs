/** `npm run clean [-- --all]`: remove what the scripts built; with `--all` also what they installed, and the clone's own Jupyter state. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';

import { ROOT } from './machine/paths.mjs';
import { main, say } from './machine/say.mjs';

const BUILT = [
  '.cache',
  'dist',
  'lib',
  'tsconfig.tsbuildinfo',
  'jupyterlab_runtimes/labextension',
  'jupyterlab_runtimes/service',
  'ui-tests/test-results',
  'ui-tests/playwright-report',
  ...['core', 'server', 'cli'].flatMap(name => [
    `packages/${name}/lib`,
    `packages/${name}/tsconfig.tsbuildinfo`
  ])
];
const INSTALLED = ['node_modules', '.venv', '.runtimes'];

await main(async () => {
  const paths = argv.includes('--all') ? [...BUILT, ...INSTALLED] : BUILT;
  for (const path of paths) {
    rmSync(join(ROOT, path), { recursive: true, force: true });
  }
  say(`Removed ${paths.join(', ')}.`);
});
