/** `node scripts/api-doc.mjs`: write the tables of docs/api.md from the schemas of the runtime service. */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT } from './machine/paths.mjs';

const PAGE = join(ROOT, 'docs', 'api.md');
const BEGIN = '<!-- from the schemas: node scripts/api-doc.mjs -->';
const END = '<!-- to here -->';

/** CommonJS dependencies call `require` for Node's own modules. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** The page with its tables as the schemas have them now. */
export async function apiPage() {
  const outfile = join(ROOT, '.cache', 'api-doc.mjs');
  await build({
    entryPoints: [join(ROOT, 'packages', 'server', 'src', 'http', 'document.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    banner: { js: BANNER },
    alias: {
      '@jupyterlab-runtimes/core/environment': join(ROOT, 'packages/core/src/environment/index.ts'),
      '@jupyterlab-runtimes/core': join(ROOT, 'packages/core/src/index.ts')
    },
    loader: { '.py': 'text' },
    logLevel: 'error'
  });
  const { apiDocument, apiTables } = await import(pathToFileURL(outfile).href);
  const page = await readFile(PAGE, 'utf8');
  const [before] = page.split(BEGIN);
  const [, after] = page.split(END);
  return `${before}${BEGIN}\n\n${apiTables(await apiDocument())}\n\n${END}${after}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(PAGE, await apiPage());
}
