/** Run the unit tests of the extension and of the packages. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { serviceNode } from '../machine/node.mjs';
import { CACHE, packageFile } from '../machine/paths.mjs';
import { run } from '../machine/run.mjs';

const RESULTS = join(CACHE, 'jest.json');
const ENDING = fileURLToPath(new URL('../jest/ending.cjs', import.meta.url));

/** @returns `{ passed, failed, output }`, the output where it was not shown; a suite that could not run counts as one failure. */
export async function jest({ long, show, extra }) {
  rmSync(RESULTS, { force: true });
  const { code, output } = await run(
    serviceNode(),
    [
      '--experimental-vm-modules',
      '--no-warnings',
      packageFile('jest/bin/jest.js'),
      '--passWithNoTests',
      '--reporters=default',
      `--reporters=${ENDING}`,
      '--json',
      `--outputFile=${RESULTS}`,
      ...(long ? ['--testTimeout=600000'] : []),
      ...extra
    ],
    { show: show && 'errors', mayFail: true }
  );
  if (!existsSync(RESULTS)) {
    return { passed: 0, failed: code === 0 ? 0 : 1, output };
  }
  const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    output: show ? '' : output
  };
}
