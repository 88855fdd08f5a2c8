/** Run the browser tests. */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { findChromium } from '../machine/chromium.mjs';
import { serviceNode } from '../machine/node.mjs';
import { CACHE, ROOT, packageFile } from '../machine/paths.mjs';
import { run } from '../machine/run.mjs';

const RESULTS = join(CACHE, 'playwright.json');
const TESTS = join(ROOT, 'ui-tests');

/** @returns `{ passed, failed, failures }`; a test that passed only when repeated counts as failed. */
export async function playwright({ extra }) {
  if (!existsSync(TESTS) || !readdirSync(TESTS).some(name => name.endsWith('.spec.ts'))) {
    return { passed: 0, failed: 0 };
  }
  const chromium = await findChromium();
  rmSync(RESULTS, { force: true });
  const { code } = await run(
    serviceNode(),
    [
      packageFile('@playwright/test/cli.js'),
      'test',
      '--config=ui-tests/playwright.config.ts',
      ...extra
    ],
    {
      show: true,
      mayFail: true,
      env: { CHROMIUM_PATH: chromium ?? undefined, PLAYWRIGHT_JSON_OUTPUT_FILE: RESULTS }
    }
  );
  if (!existsSync(RESULTS)) {
    return { passed: 0, failed: 1 };
  }
  const { stats, errors, suites } = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const failed = stats.unexpected + stats.flaky + errors.length;
  return {
    ...{ passed: stats.expected, failed: failed === 0 && code !== 0 ? 1 : failed },
    failures: [
      ...errors.map(({ message }) => ({ name: 'ui-tests', reason: message })),
      ...suites.flatMap(failuresOf)
    ]
  };
}

/** Of one file, or of a group in it. */
function failuresOf({ file, specs = [], suites = [] }) {
  const own = specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => ({
        name: `ui-tests/${file} › ${title}`,
        reason: results.flatMap(({ errors }) => errors.map(({ message }) => message)).join('\n')
      }))
  );
  return [...own, ...suites.flatMap(failuresOf)];
}
