/** Run the unit tests of the extension and of the packages. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { serviceNode } from '../machine/node.mjs';
import { CACHE, ROOT, packageFile } from '../machine/paths.mjs';
import { run } from '../machine/run.mjs';

const RESULTS = join(CACHE, 'jest.json');
const ENDING = fileURLToPath(new URL('../jest/ending.cjs', import.meta.url));

/** @returns `{ passed, failed, failures, output }`, the output where it was not shown; a suite that could not run counts as one failure. */
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
    failures: results.testResults.flatMap(failuresOf),
    output: show ? '' : output
  };
}

/** Of one file. */
function failuresOf({ name, message, assertionResults }) {
  const file = relative(ROOT, name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && assertionResults.length === 0 && message) {
    return [{ name: file, reason: message }];
  }
  return failed.map(({ fullName, failureMessages }) => ({
    name: `${file} › ${fullName}`,
    reason: failureMessages.join('\n')
  }));
}
