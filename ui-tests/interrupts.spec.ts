/** Stopping a cell by Lab's own button and keys, where that is hard: nobody is left with a cell that runs for ever. */
import type { NotebookPanel } from '@jupyterlab/notebook';

import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import {
  interrupt,
  kernelReady,
  openNotebook,
  pickRuntime,
  save,
  startAll
} from './fixtures/notebook';

test.use({ labOptions: { isolation: false } });

const ENDLESS = 'while True: pass';
const DEAF = `import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n${ENDLESS}`;

test('a browser cell that computes is stopped by a new kernel, once the user agrees', async ({
  page,
  lab
}) => {
  await openNotebook(page, lab, lab.addNotebook('hello.ipynb', 'browser.ipynb'));
  await pickRuntime(page, 'browser');
  await kernelReady(page, 'browser');
  await run(page, ENDLESS);
  await interrupt(page);
  const dialog = page.getByRole('dialog', { name: /and lose its variables/ });
  await expect(dialog).toContainText('The variables of browser.ipynb will be lost.');
  await dialog.getByRole('button', { name: 'Let it run' }).click();
  await expect(dialog).toBeHidden();
  expect(await status(page)).toBe('busy');

  // The keyboard, too; and once, however often it is pressed.
  await page.getByRole('main').locator('.jp-NotebookPanel:visible .jp-InputPrompt').first().click();
  await page.keyboard.press('Escape');
  for (let times = 0; times < 3; times++) {
    await page.keyboard.press('i');
    await page.keyboard.press('i');
  }
  await expect(dialog).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Stop and lose variables' }).click();
  await kernelReady(page, 'browser');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a kernel that does not answer an interrupt can be ended', async ({ page, lab }) => {
  await openNotebook(page, lab, lab.addNotebook('hello.ipynb', 'local.ipynb'));
  await kernelReady(page, 'local');
  await run(page, DEAF);
  await interrupt(page);
  const dialog = page.getByRole('dialog', { name: /does not stop/ });
  await expect(dialog).toContainText('has not answered the interrupt for 5 seconds');
  await dialog.getByRole('button', { name: 'Restart' }).click();
  await kernelReady(page, 'local');
});

test('toolbar and status bar say where a notebook will run that has not been started', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook('hello.ipynb', 'wish.ipynb');
  await openNotebook(page, lab, path);
  await pickRuntime(page, 'browser');
  await kernelReady(page, 'browser');
  await save(page);
  await openNotebook(page, lab, path);
  const toolbar = page.getByRole('toolbar', { name: 'main area toolbar' });
  await expect(toolbar.getByRole('button', { name: 'Browser · not started' })).toBeVisible();
  await expect(page.getByText('Initializing')).toHaveCount(0);
});

/** Give the first code cell this source, and run it until the kernel is busy. */
async function run(page: Page, code: string): Promise<void> {
  await page.evaluate(code => {
    const panel = window.jupyterapp.shell.currentWidget as NotebookPanel | null;
    const cell = [...(panel?.content.model?.cells ?? [])].find(({ type }) => type === 'code');
    cell?.sharedModel.setSource(code);
  }, code);
  await startAll(page);
  await expect.poll(() => status(page)).toBe('busy');
}

function status(page: Page): Promise<string> {
  return page.evaluate(() => {
    const panel = window.jupyterapp.shell.currentWidget as NotebookPanel | null;
    return panel?.sessionContext.session?.kernel?.status ?? 'none';
  });
}
