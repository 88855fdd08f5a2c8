/** Bundle the worker: Rspack would make a classic worker of it, and Pyodide needs a module worker. */
import { join } from 'node:path';

import { build } from 'esbuild';

export async function bundleWorker({ root, entry, outfile }) {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'linked',
    logLevel: 'warning',
    alias: { '@jupyterlab-runtimes/core': join(root, 'packages', 'core', 'src', 'index.ts') },
    // Imported by a method of the base class that ours replaces.
    external: ['@jupyterlite/services/lib/contents/drivefs']
  });
}
