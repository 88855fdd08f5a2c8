/** A remote cell outlives whatever is between it and the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';

import { COUNT_MS, expectWholeCount, startCounting } from './fixtures/counter';
import { expect, test } from './fixtures/lab';
import type { LabServer } from './fixtures/lab';
import { openNotebook, save } from './fixtures/notebook';

test.setTimeout(120_000);

/** The embedded service's process. */
function servicePid(lab: LabServer): number {
  const file = join(lab.dataFolder, 'service.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
}

test('every line arrives when the runtime service is killed while a cell prints', async ({
  page,
  lab
}) => {
  await startCounting(page, lab, 'killed.ipynb');
  const before = servicePid(lab);
  kill(before, 'SIGKILL');
  await expectWholeCount(page);
  expect(servicePid(lab)).not.toBe(before);
});

test('the output is there after a reload during the cell', async ({ page, lab }) => {
  await startCounting(page, lab, 'reloaded.ipynb');
  await save(page);
  await page.reload();
  await openNotebook(page, lab, 'reloaded.ipynb');
  await expectWholeCount(page);
});

test('the output is there when the page was away until the cell had ended', async ({
  page,
  lab
}) => {
  await startCounting(page, lab, 'away.ipynb');
  await save(page);
  await page.goto('about:blank');
  await new Promise(resolve => setTimeout(resolve, COUNT_MS));
  await openNotebook(page, lab, 'away.ipynb');
  await expectWholeCount(page);
});
