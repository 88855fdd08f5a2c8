import { command, openLab } from './fixtures/app';
import { expect, test } from './fixtures/lab';
import { cellOutput, kernelReady, openNotebook, printed, runAll } from './fixtures/notebook';

test('JupyterLab starts with the extension, and without an error', async ({
  page,
  lab,
  pageErrors
}) => {
  await openLab(page, lab.pageUrl('lab?reset'));

  const hasOurs = await page.evaluate(() =>
    window.jupyterapp.listPlugins().some(id => id.startsWith('jupyterlab-runtimes:'))
  );

  expect(hasOurs).toBe(true);
  expect(pageErrors).toEqual([]);
});

test('the launcher shows each place by its picture', async ({ page, lab }) => {
  await openLab(page, lab.pageUrl('lab?reset'));
  await command(page, 'launcher:create');

  for (const place of [/— Browser$/, /— Remote: /]) {
    const picture = page.locator('.jp-LauncherCard', { hasText: place }).locator('img').first();
    await expect(picture).toBeVisible();
    expect(await picture.evaluate(each => (each as HTMLImageElement).naturalWidth)).toBeGreaterThan(
      0
    );
  }
});

test('a notebook runs on the local server', async ({ page, lab }) => {
  const path = lab.addNotebook('hello.ipynb');

  await openNotebook(page, lab, path);
  await kernelReady(page);
  await runAll(page);

  expect(printed(await cellOutput(page, 'hello'))).toBe('Hello from 42\n');
});

test('a console runs on the local server', async ({ page, lab }) => {
  await openLab(page, lab.pageUrl('lab?reset'));

  await command(page, 'console:create', { kernelPreference: { name: 'python3' } });
  // JupyterLab makes the prompt anew when the kernel has introduced itself.
  await expect(page.getByText(/An enhanced Interactive Python/)).toBeVisible();
  await page.getByLabel('Code Cell Content').getByRole('textbox').click();
  await page.keyboard.type('print(6 * 7)');
  await page.keyboard.press('Shift+Enter');

  await expect(page.getByText('42', { exact: true })).toBeVisible();
});
