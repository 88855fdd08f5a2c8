/** `node scripts/environment-doc.mjs`: write docs/environment.md from the schema of manifests. */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT } from './machine/paths.mjs';

const PAGE = join(ROOT, 'docs', 'environment.md');
const BEGIN = '<!-- from the schema: node scripts/environment-doc.mjs -->';
const END = '<!-- to here -->';

/** The page with its table as the schema has it now. */
export async function environmentPage() {
  const outfile = join(ROOT, '.cache', 'environment-doc.mjs');
  await build({
    entryPoints: [join(ROOT, 'packages', 'core', 'src', 'environment', 'document.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning'
  });
  const { manifestTable } = await import(pathToFileURL(outfile).href);
  const page = await readFile(PAGE, 'utf8');
  const [before] = page.split(BEGIN);
  const [, after] = page.split(END);
  return `${before}${BEGIN}\n\n${manifestTable()}\n\n${END}${after}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(PAGE, await environmentPage());
}
