/** The Python package that goes into kernels, as text. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../machine/paths.mjs';

const FOLDER = join(ROOT, 'jupyterlab_runtimes', 'state');

/** @returns `{digest, files}`: see packages/core/src/state/sources.ts. */
export function stateSources() {
  const paths = readdirSync(FOLDER, { recursive: true })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.py') && !/(^|\/)tests\//.test(path))
    .sort();
  const files = Object.fromEntries(
    paths.map(path => [path, readFileSync(join(FOLDER, path), 'utf8')])
  );
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  return { digest, files };
}
