/** Bundle the runtime service into the Python package: one file, run with Node alone. */
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { stateSources } from '../../scripts/state/sources.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));

/** CommonJS dependencies call `require` for Node's own modules. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** `build.mjs [OUTFILE]`
 * @param outfile Default: where the Python package has it. */
export async function buildService(
  outfile = here('../../jupyterlab_runtimes/service/service.mjs')
) {
  const { version } = JSON.parse(await readFile(here('../../package.json'), 'utf8'));
  await build({
    entryPoints: [here('src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    banner: { js: BANNER },
    define: {
      RUNTIMES_VERSION: JSON.stringify(version),
      STATE_SOURCES: JSON.stringify(stateSources())
    },
    loader: { '.py': 'text' },
    alias: {
      '@jupyterlab-runtimes/core/environment': here('../core/src/environment/index.ts'),
      '@jupyterlab-runtimes/core': here('../core/src/index.ts')
    },
    legalComments: 'linked',
    logLevel: 'warning'
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildService(process.argv[2]);
}
