/** `node scripts/docs.mjs`: write the parts of docs/ that are made from the product's own schemas. */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT } from './machine/paths.mjs';

const BEGIN = '<!-- from the schemas: node scripts/docs.mjs -->';
const END = '<!-- to here -->';

/** CommonJS dependencies call `require` for Node's own modules. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Every page, with what stands between its marks. */
const PAGES = {
  'docs/api.md': async () => {
    const { apiDocument, apiTables } = await imported('packages/server/src/http/document.ts');
    return apiTables(await apiDocument());
  },
  'docs/environment.md': async () => {
    const { manifestTable } = await imported('packages/core/src/environment/document.ts');
    return manifestTable();
  }
};

/** What a TypeScript module of the packages exports. */
async function imported(entry) {
  const outfile = join(ROOT, '.cache', `${entry.replaceAll('/', '-')}.mjs`);
  await build({
    entryPoints: [join(ROOT, entry)],
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
  return import(pathToFileURL(outfile).href);
}

for (const [name, generate] of Object.entries(PAGES)) {
  const path = join(ROOT, name);
  const page = await readFile(path, 'utf8');
  const [before] = page.split(BEGIN);
  const [, after] = page.split(END);
  await writeFile(path, `${before}${BEGIN}\n\n${await generate()}\n\n${END}${after}`);
}
