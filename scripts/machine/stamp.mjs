/** Skip a step when nothing that it reads has changed since it last succeeded. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { CACHE, ROOT } from './paths.mjs';

const SKIPPED = new Set([
  'node_modules',
  'lib',
  '__pycache__',
  '.pytest_cache',
  '__tests__',
  'tests'
]);

/**
 * Run `action` unless the inputs are as they were when it last succeeded, and every output is still there.
 *
 * @param step.inputs Files and folders below the clone (by path, size and time); what is missing counts as such.
 * @param step.values Anything else that the result depends on (versions, options).
 * @param step.outputs Files that must exist for the step to count as done.
 * @returns Whether it ran.
 */
export async function whenChanged(step, action) {
  const { name, inputs = [], values = [], outputs = [] } = step;
  const stampFile = join(CACHE, `${name}.stamp`);
  const before = fingerprint(inputs, values);
  const made = outputs.every(path => existsSync(join(ROOT, path)));
  if (made && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === before) {
    return false;
  }
  rmSync(stampFile, { force: true });
  await action();
  mkdirSync(dirname(stampFile), { recursive: true });
  // The inputs as they were before: what changes during the step makes it run again.
  writeFileSync(stampFile, before);
  return true;
}

function fingerprint(inputs, values) {
  const hash = createHash('sha256').update(JSON.stringify(values));
  for (const path of inputs.flatMap(input => filesBelow(join(ROOT, input)))) {
    hash.update(describe(path));
  }
  return hash.digest('hex');
}

function describe(path) {
  const name = relative(ROOT, path);
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${name}\0${stats.size}\0${stats.mtimeMs}\n` : `${name}\0missing\n`;
}

/** All files at or below a path, in a fixed order, without what is built or only for tests. */
function filesBelow(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    return [path];
  }
  return readdirSync(path)
    .filter(name => !SKIPPED.has(name) && !name.endsWith('.tsbuildinfo'))
    .sort()
    .flatMap(name => filesBelow(join(path, name)));
}
