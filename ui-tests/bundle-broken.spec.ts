import { openLab } from './fixtures/app';
import { expect, test } from './fixtures/lab';
import { cellOutput, kernelReady, openNotebook, printed, runAll } from './fixtures/notebook';

test.use({ labOptions: { extension: 'broken' } });

test('JupyterLab works with local kernels when the bundle throws', async ({
  page,
  lab,
  pageErrors
}) => {
  const path = lab.addNotebook('hello.ipynb');

  await openNotebook(page, lab, path);
  await kernelReady(page);
  await runAll(page);

  expect(pageErrors.join('\n')).toContain('This bundle is broken on purpose.');
  expect(printed(await cellOutput(page, 'hello'))).toBe('Hello from 42\n');
});

test('the launcher offers the local kernel when the bundle throws', async ({ page, lab }) => {
  await openLab(page, lab.pageUrl('lab?reset'));

  await expect(page.getByRole('button', { name: /Python 3 \(ipykernel\)/ }).first()).toBeVisible();
});
