/** A remote place that hangs, refuses and comes back: no other place is affected. */
import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import { GatedService } from './fixtures/gate';
import {
  cellOutput,
  kernelReady,
  openNotebook,
  pickRuntime,
  printed,
  runAll
} from './fixtures/notebook';

test.setTimeout(180_000);

/** How long an untroubled Lab may take to be ready on a slow machine, milliseconds. */
const LAB_START_MS = 30_000;

async function showRuntimes(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Runtimes' }).click();
}

test('Lab and the other places work while a remote hangs or refuses, and it comes back by itself', async ({
  page,
  lab
}) => {
  const gate = await GatedService.start(lab, 'faraway', 'hanging');
  try {
    const begin = Date.now();
    const path = lab.addNotebook('hello.ipynb', 'faults.ipynb');
    await openNotebook(page, lab, path);
    expect(Date.now() - begin).toBeLessThan(LAB_START_MS);
    await kernelReady(page, 'local');
    await runAll(page);
    await showRuntimes(page);
    const place = page.getByRole('rowgroup', { name: /faraway/ });
    await expect(place).toContainText(/did not answer|does not answer/, { timeout: 60_000 });

    gate.set('refusing');
    await expect(place).toContainText(/closed the connection|refused/i, {
      timeout: 60_000
    });

    gate.set('open');
    await expect(place).toContainText('Nothing runs here', { timeout: 60_000 });
    await pickRuntime(page, 'remote', { heading: 'Remote: faraway' });
    await kernelReady(page, 'remote');
    await runAll(page);
  } finally {
    await gate.end();
  }
});

test('a notebook keeps its remote session through an outage, and its output arrives', async ({
  page,
  lab
}) => {
  const gate = await GatedService.start(lab, 'faraway', 'open');
  try {
    const path = lab.addNotebook('counter.ipynb', 'outage.ipynb');
    await openNotebook(page, lab, path);
    await kernelReady(page, 'local');
    await pickRuntime(page, 'remote', { heading: 'Remote: faraway' });
    await kernelReady(page, 'remote');
    const run = runAll(page);
    await expect.poll(async () => printed(await cellOutput(page, 'counter'))).toContain('line 2\n');
    gate.set('refusing');
    await expect(page.getByRole('button', { name: /faraway.*reconnecting/i })).toBeVisible({
      timeout: 20_000
    });
    gate.set('open');
    await run;
    const lines = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('');
    expect(printed(await cellOutput(page, 'counter'))).toBe(lines);
  } finally {
    await gate.end();
  }
});
