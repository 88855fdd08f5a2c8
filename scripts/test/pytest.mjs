/** Run the tests of the Python package. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { CACHE, ROOT, venvProgram } from '../machine/paths.mjs';
import { run } from '../machine/run.mjs';

const RESULTS = join(CACHE, 'pytest.xml');
const TESTS = join(ROOT, 'jupyterlab_runtimes', 'tests');

/** @returns `{ passed, failed, failures, output }`, the output where it was not shown. */
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
  const xml = readFileSync(RESULTS, 'utf8');
  const count = name => sum(xml, name);
  const failed = count('failures') + count('errors');
  const passed = count('tests') - failed - count('skipped');
  return {
    ...{ passed, failed: failed === 0 && code !== 0 ? 1 : failed },
    ...{ failures: failuresOf(xml), output }
  };
}

function failuresOf(xml) {
  const cases = [...xml.matchAll(/<testcase ([^>]*[^/])>\s*<(?:failure|error) ([^>]*)>/g)];
  return cases.map(([, test, why]) => ({
    name: `${attribute(test, 'classname')}::${attribute(test, 'name')}`,
    reason: attribute(why, 'message')
  }));
}

function attribute(text, name) {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '';
  const marks = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return value
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-fA-F]+);/g, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, mark) => marks[mark]);
}

/** The sum of an attribute over all `<testsuite>` elements. */
function sum(xml, attribute) {
  return [...xml.matchAll(/<testsuite [^>]*>/g)]
    .map(([element]) => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0))
    .reduce((total, value) => total + value, 0);
}
