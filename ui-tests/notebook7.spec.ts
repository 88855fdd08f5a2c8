import { expect, test } from './fixtures/lab';
import { cellOutput, kernelReady, printed, runAll } from './fixtures/notebook';

/**
 * Notebook 7.6 reads settings of its own before they are there, on some loads. The first was seen without any
 * extension too; the second comes from its document manager, which reads its settings again whenever an
 * extension registers with the document registry, as ours does.
 */
const OF_NOTEBOOK = [
  "Cannot read properties of undefined (reading 'schema')",
  'Cannot convert undefined or null to object'
];

test.use({ labOptions: { app: 'notebook' } });

test('a notebook runs in Notebook 7, without an error', async ({ page, lab, pageErrors }) => {
  const path = lab.addNotebook('hello.ipynb');

  await page.goto(lab.pageUrl(`notebooks/${path}`));
  await page.waitForFunction(() => 'jupyterapp' in window);
  await kernelReady(page);
  await runAll(page);

  expect(printed(await cellOutput(page, 'hello'))).toBe('Hello from 42\n');
  expect(pageErrors.filter(isOurs)).toEqual([]);
});

test('the tree page opens in Notebook 7', async ({ page, lab, pageErrors }) => {
  await page.goto(lab.pageUrl('tree'));

  await expect(page.getByRole('main').getByText('Running', { exact: true })).toBeVisible();
  expect(pageErrors.filter(isOurs)).toEqual([]);
});

function isOurs(error: string): boolean {
  return !OF_NOTEBOOK.some(text => error.includes(text));
}
