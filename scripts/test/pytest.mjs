/** Run the tests of the Python package. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { CACHE, ROOT, venvProgram } from '../machine/paths.mjs';
import { run } from '../machine/run.mjs';

const RESULTS = join(CACHE, 'pytest.xml');
const TESTS = join(ROOT, 'jupyterlab_runtimes', 'tests');

/** @returns `{ passed, failed, output }`, the output where it was not shown. */
export async function pytest({ show, extra }) {
  if (!existsSync(TESTS) || !readdirSync(TESTS).some(name => name.startsWith('test_'))) {
    return { passed: 0, failed: 0 };
  }
  mkdirSync(CACHE, { recursive: true });
  rmSync(RESULTS, { force: true });
  const { code, output } = await run(
    venvProgram('python'),
    ['-m', 'pytest', '-q', `--junit-xml=${RESULTS}`, ...(extra.length > 0 ? extra : [TESTS])],
    { show, mayFail: true }
  );
  if (!existsSync(RESULTS)) {
    return { passed: 0, failed: 1, output };
  }
  const count = name => sum(readFileSync(RESULTS, 'utf8'), name);
  const failed = count('failures') + count('errors');
  const passed = count('tests') - failed - count('skipped');
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, output };
}

/** The sum of an attribute over all `<testsuite>` elements. */
function sum(xml, attribute) {
  return [...xml.matchAll(/<testsuite [^>]*>/g)]
    .map(([element]) => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0))
    .reduce((total, value) => total + value, 0);
}
