/** Variables that go along when a notebook changes its runtime. */
import type { NotebookPanel } from '@jupyterlab/notebook';

import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import { kernelReady, openNotebook, pickRuntime } from './fixtures/notebook';

test.use({ labOptions: { offerVariables: 'ask' } });

test.setTimeout(240_000);

const MAKE = [
  'numbers = [1, 2, {"x": 3}]',
  'alias = numbers',
  'api_token = "hush"',
  'def double(x):\n    return x * 2',
  'class Point:\n    def __init__(self, x):\n        self.x = x\n    def twice(self):\n        return double(self.x)',
  'point = Point(21)',
  'stream = (i for i in range(3))'
].join('\n');

test('variables come along by the picker', async ({ page, lab, pageErrors }) => {
  const path = lab.addNotebook('hello.ipynb', 'along.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await run(page, MAKE);
  await pickRuntime(page, 'remote');
  const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
  await dialog.waitFor({ timeout: 25_000 });
  await expect(dialog.getByRole('checkbox', { name: /^double, function, as it is/ })).toBeChecked();
  await expect(dialog.getByRole('checkbox', { name: /^api_token/ })).not.toBeChecked();
  await dialog.getByRole('button', { name: 'Bring 5 variables' }).click();
  await expect(page.getByText(/5 variables are in/)).toBeVisible({ timeout: 30_000 });
  expect(
    await run(page, 'print(numbers, alias is numbers, point.twice(), "api_token" in dir())')
  ).toBe("[1, 2, {'x': 3}] True 42 False\n");
  await page.getByRole('button', { name: 'Details' }).click();
  expect(pageErrors).toEqual([]);
});

/** Every ordered pair of two places, one after the other. */
const ROUTE = [
  'local',
  'browser',
  'browser',
  'remote',
  'remote',
  'browser',
  'local',
  'remote',
  'local'
] as const;

test('nine directions, one after the other, in one notebook', async ({ page, lab, pageErrors }) => {
  const path = lab.addNotebook('hello.ipynb', 'route.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await run(page, `${MAKE}\nvisited = []\ndef visit(place):\n    visited.append(place)`);
  for (const place of ROUTE) {
    await test.step(`to ${place}`, async () => {
      await pickRuntime(page, place);
      const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
      await dialog.waitFor({ timeout: 60_000 });
      await dialog.getByRole('button', { name: 'Bring 7 variables' }).click();
      await expect(page.getByText(/7 variables are in/).first()).toBeVisible({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Hide notification' }).first().click();
      await expect(page.getByText(/variables are in/)).toBeHidden();
      const look = `visit("${place}"); print(alias is numbers, point.twice(), type(point) is Point, len(visited))`;
      const count = await run(page, look);
      expect(count).toMatch(/^True 42 True \d\n$/);
    });
  }
  expect(await run(page, 'print(visited)')).toBe(
    `${JSON.stringify(ROUTE).replaceAll('"', "'").replaceAll(',', ', ')}\n`
  );
  expect(pageErrors).toEqual([]);
});

/** Run code in the current notebook's kernel. @returns What it printed. */
async function run(page: Page, code: string): Promise<string> {
  return page.evaluate(async code => {
    const panel = window.jupyterapp.shell.currentWidget as NotebookPanel | null;
    const future = panel?.sessionContext.session?.kernel?.requestExecute({ code });
    let text = '';
    if (future) {
      future.onIOPub = ({ header, content }) => {
        text += header.msg_type === 'stream' ? (content as { text: string }).text : '';
        text += header.msg_type === 'error' ? `${(content as { evalue: string }).evalue}` : '';
      };
    }
    await future?.done;
    return text;
  }, code);
}
