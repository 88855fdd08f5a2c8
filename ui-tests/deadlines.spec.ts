import type { NotebookPanel } from '@jupyterlab/notebook';

import { command } from './fixtures/app';
import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import { kernelReady, openNotebook, save } from './fixtures/notebook';

/** Time of a runtime whose launch doesn't say, and when its owner is warned: minutes. */
const RESERVED = '0.35';
const WARNED = '0.3';

/** Longer than that is 1 minute, which one click on *Extend* adds. */
const AT_MOST = '2';

/** How long it may take until a time that has begun is over and all is stored, milliseconds. */
const END_MS = 90_000;

test.skip(
  process.env.JUPYTERLAB_RUNTIMES_TEST_LONG !== '1',
  'takes the time that it waits for: npm run test:long'
);

test.use({
  labOptions: {
    config: {
      JupyterLabRuntimes: {
        service_options: [
          ...['--default-minutes', RESERVED, '--max-minutes', AT_MOST],
          ...['--warning-minutes', WARNED]
        ]
      }
    }
  }
});

test('time runs out on a real clock: warned, extended, idle, at its end paused with the variables', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook('hello.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await page.getByRole('tab', { name: /^Runtimes/ }).click();
  const notices = page.getByRole('alert');
  const toolbar = page.getByRole('toolbar', { name: 'main area toolbar' });

  await test.step('a notice warns, and one click on it extends', async () => {
    await launch(page, 'first', { forNotebook: false });
    const row = page.getByRole('row', { name: /^first/ });
    await expect(row).toContainText('Its time is up in 18 seconds: then it is paused');
    await notices
      .filter({ hasText: '“first”: Its time is up' })
      .getByRole('button', { name: 'Extend by 1 min' })
      .click();
    await expect(row).not.toContainText('Its time is up');
    await expect(row).toContainText('1 min left, then paused');
    await expect(notices.filter({ hasText: 'Its time is up' })).toHaveCount(0);
  });

  await test.step('another name and an idle time, by the form', async () => {
    await page.getByRole('button', { name: 'More actions for first' }).click();
    await page.getByRole('menuitem', { name: /^Change Name/ }).click();
    const form = page.getByRole('dialog', { name: 'Change “first”' });
    await expect(form.getByLabel('Name', { exact: true })).toBeFocused();
    await form.getByLabel('Name', { exact: true }).fill('idler');
    await form.getByLabel('Idle for at most, minutes').fill('0.5');
    await form.getByRole('button', { name: 'Change' }).click();
    await expect(form).toBeHidden();
    const row = page.getByRole('row', { name: /^idler/ });
    await expect(row).toContainText(/paused in \d+ s unless a cell runs/);
  });

  await test.step('the notebook’s toolbar and the status bar warn', async () => {
    await launch(page, 'worker', { forNotebook: true });
    await kernelReady(page, 'remote');
    await runInKernel(page, 'x = 41');
    await save(page);
    await expect(toolbar.getByRole('button', { name: /\d+ s left/ })).toBeVisible();
    await expect(toolbar.getByRole('button', { name: 'Extend by 1 min' })).toBeVisible();
    await expect(
      page.getByRole('button', { name: /^“worker”: Its time is up.* Extend by 1 min$/ })
    ).toHaveText(/\d+ s left/);
  });

  await test.step('at the end it is paused, and all say so', async () => {
    const row = page.getByRole('row', { name: /^worker/ });
    await expect(row).toContainText(/state of \d/, { timeout: END_MS });
    await expect(toolbar.getByRole('button', { name: /paused/ })).toBeVisible();
    await expect(notices.filter({ hasText: '“worker” is paused' })).toContainText(/state is that/);
  });

  await test.step('so is what nothing happened on', async () => {
    const row = page.getByRole('row', { name: /^idler/ });
    await expect(row).toContainText(/state of \d/, { timeout: END_MS });
    await expect(row).toContainText(/idle|Nothing has run/i);
  });

  await test.step('one click extends and resumes, with the variables', async () => {
    await toolbar.getByRole('button', { name: 'Resume' }).click();
    await kernelReady(page, 'remote');
    expect(await runInKernel(page, 'print(x + 1)')).toBe('42\n');
  });
});

async function launch(page: Page, name: string, { forNotebook }: { forNotebook: boolean }) {
  void command(page, 'runtimes:launch-with-options');
  const form = page.getByRole('dialog', { name: 'New runtime' });
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByRole('checkbox', { name: /^Run “/ }).setChecked(forNotebook);
  await form.getByRole('button', { name: 'Launch' }).click();
  await expect(form).toBeHidden();
}

/** @returns What it printed. */
function runInKernel(page: Page, code: string): Promise<string> {
  return page.evaluate(async code => {
    const panel = window.jupyterapp.shell.currentWidget as NotebookPanel;
    const future = panel.sessionContext.session!.kernel!.requestExecute({ code });
    let text = '';
    future.onIOPub = ({ content }) => {
      text += 'text' in content ? String(content.text) : '';
    };
    await future.done;
    return text;
  }, code);
}
