/** Variables that go along when a notebook changes its runtime. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Locator } from '@playwright/test';

import { venvProgram } from '../scripts/machine/paths.mjs';
import { command } from './fixtures/app';
import { expect, test } from './fixtures/lab';
import type { LabServer, Page } from './fixtures/lab';
import {
  cells,
  kernelReady,
  openNotebook,
  pickRuntime,
  printed,
  ROUTE,
  runHere as run
} from './fixtures/notebook';
import { installInto, packagesFrom, writeWheel } from './fixtures/packages';

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
  await look(page, 'switch', '.jp-RuntimesTransfer');
  // What is run meanwhile waits for its variables.
  await startCell(page, 'print("double:", double(21))');
  await expect(page.getByText('Waits for the variables of “Local server”.')).toBeVisible();
  expect(await firstOutput(page)).toBe('');
  await dialog.getByRole('button', { name: 'Bring 5 variables' }).click();
  const isInNotebook = () =>
    page.evaluate(() => Boolean(document.activeElement?.closest('.jp-NotebookPanel')));
  await expect.poll(isInNotebook, 'whoever uses the keyboard goes on in the notebook').toBe(true);
  await expect(page.getByText(/5 variables are in/)).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => firstOutput(page)).toBe('double: 42\n');
  await expect(page.getByText(/^Waits for/)).toBeHidden();
  expect(
    await run(page, 'print(numbers, alias is numbers, point.twice(), "api_token" in dir())')
  ).toBe("[1, 2, {'x': 3}] True 42 False\n");
  await page.getByRole('button', { name: 'Details' }).click();
  expect(pageErrors).toEqual([]);
});

test('nine directions, one after the other, in one notebook', async ({ page, lab, pageErrors }) => {
  const path = lab.addNotebook('hello.ipynb', 'route.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await run(page, `${MAKE}\nvisited = []\ndef visit(place):\n    visited.append(place)`);
  for (const place of ROUTE) {
    await test.step(`to ${place}`, async () => {
      await pickRuntime(page, place);
      const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
      await dialog.waitFor({ timeout: 30_000 });
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

test('a snapshot is taken, exported, previewed, imported, loaded and deleted', async ({
  page,
  lab,
  pageErrors
}) => {
  const path = lab.addNotebook('hello.ipynb', 'snapshots.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await pickRuntime(page, 'browser');
  await kernelReady(page, 'browser');
  await run(page, MAKE);
  await page.getByRole('tab', { name: 'Snapshots', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Snapshots', exact: true });
  await panel.getByRole('button', { name: 'Take a snapshot' }).click();
  const shelf = panel.getByRole('region', { name: 'This browser' });
  await expect(shelf.getByText(/6 variables/)).toBeVisible({ timeout: 60_000 });
  await expect(shelf.getByText('1 variable left out')).toBeVisible();
  await look(page, 'snapshots', '.jp-RuntimesSnapshots');

  const downloading = page.waitForEvent('download');
  await shelf.getByRole('button', { name: /^Export/ }).click();
  const secrets = page.getByRole('dialog', { name: '1 variable looks like a secret' });
  await expect(
    secrets.getByText('api_token: its name is one that secrets are given')
  ).toBeVisible();
  await look(page, 'secrets', '.jp-Dialog');
  await page.keyboard.press('Enter');
  await (await downloading).saveAs(join(lab.notebooks, 'state.jrs'));
  await command(page, 'docmanager:open', { path: 'state.jrs' });
  await expect(page.getByText('It is yours, or of somebody whom you trust.')).toBeVisible();
  await expect(page.getByText('return x * 2')).toBeVisible();
  await expect(page.getByRole('row', { name: /^alias/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^api_token/ })).toBeHidden();
  await look(page, 'preview', '.jp-RuntimesSnapshotFile');
  await command(page, 'application:close');

  // What is the user's own here is their own in the service, too.
  const remote = panel.getByRole('region', { name: /^Remote/ });
  await remote.getByLabel(/^Snapshot file/).setInputFiles(join(lab.notebooks, 'state.jrs'));
  await expect(remote.getByText(/5 variables/)).toBeVisible({ timeout: 30_000 });
  await expect(remote.getByText(/not yours/)).toBeHidden();
  await remote.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(remote.getByText('Nothing is kept here.')).toBeVisible();

  const foreign = saveElsewhere(lab);
  await remote.getByLabel(/^Snapshot file/).setInputFiles(foreign);
  await expect(remote.getByText(/not yours/)).toBeVisible({ timeout: 30_000 });
  await pickRuntime(page, 'local');
  await page.getByRole('button', { name: /^Leave them/ }).click();
  await remote.getByRole('button', { name: /^Load state/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Load/ });
  await dialog.getByText(/Show the code/).click();
  await expect(
    dialog.getByText(/^It says that it was made at .* It is signed with the key/)
  ).toBeVisible();
  await look(page, 'foreign', '.jp-RuntimesTransfer');
  await dialog.getByRole('button', { name: /^Load 2/ }).click();
  await expect(page.getByText(/2 variables are in/)).toBeVisible({ timeout: 30_000 });
  expect(await run(page, 'print(alias is numbers, "double" in dir())')).toBe('True False\n');

  // Its sender is trusted from now on, and no longer asked about, until they are taken off the list.
  await remote.getByRole('button', { name: /^Load state/ }).click();
  await dialog.getByText(/Show the code/).click();
  await dialog.getByRole('checkbox', { name: /^I trust where this comes from/ }).check();
  await dialog.getByRole('checkbox', { name: /^From now on trust all/ }).check();
  await dialog.getByRole('textbox', { name: 'Whose key it is' }).fill('Ada');
  await look(page, 'sender', '.jp-RuntimesTransfer');
  await dialog.getByRole('button', { name: /^Load 5/ }).click();
  await expect(page.getByText(/5 variables are in/)).toBeVisible({ timeout: 30_000 });
  await remote.getByRole('button', { name: /^Load state/ }).click();
  await expect(dialog.getByRole('button', { name: /^Load 5/ })).toBeVisible();
  await expect(dialog.getByText(/was not made by you/)).toBeHidden();
  await dialog.getByRole('button', { name: 'Load nothing' }).click();
  const listing = command(page, 'runtimes:show-trusted-senders');
  const senders = page.getByRole('dialog', { name: /^Trusted senders/ });
  await expect(senders.getByRole('listitem')).toHaveCount(2);
  await look(page, 'senders', '.jp-Dialog');
  await senders.getByRole('button', { name: 'Trust Ada no longer' }).click();
  await expect(senders.getByRole('listitem')).toHaveText([/^You, in a browser/]);
  await senders.getByRole('button', { name: 'Close', exact: true }).last().click();
  await listing;
  await expect(page.getByText(/variables are in/).first()).toBeHidden({ timeout: 30_000 });

  await shelf.getByRole('button', { name: /^Load/ }).click();
  await page.getByRole('button', { name: /^Load 5/ }).click();
  await expect(page.getByText(/5 variables are in/)).toBeVisible({ timeout: 30_000 });
  expect(await run(page, 'print(alias is numbers, point.twice())')).toBe('True 42\n');

  await remote.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(remote.getByText('Nothing is kept here.')).toBeVisible();

  // A local kernel's is kept by the service of this computer, and a runtime there can begin with it.
  await run(page, 'api_token = "hush"');
  await panel.getByRole('button', { name: 'Take a snapshot' }).click();
  await secrets.getByRole('button', { name: 'Leave it out' }).click({ timeout: 30_000 });
  await remote.getByRole('button', { name: /^Start a runtime from/ }).click({ timeout: 30_000 });
  const where = page.getByRole('dialog').filter({ hasText: 'Start a runtime from' });
  await expect(where.getByRole('combobox')).toHaveValue(/Remote: this computer/);
  await where.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText(/is ready\.$/)).toBeVisible({ timeout: 60_000 });
  await command(page, 'runtimes:refresh');
  await pickRuntime(page, 'remote', { running: /./ });
  await page.getByRole('button', { name: /^Leave them/ }).click({ timeout: 60_000 });
  const held = 'print(alias is numbers, point.twice(), "api_token" in dir())';
  expect(await run(page, held)).toBe('True 42 False\n');
  await panel.getByRole('button', { name: 'Take a snapshot' }).click();
  await expect(remote.getByRole('button', { name: /^Load/ })).toHaveCount(2, { timeout: 60_000 });

  // What rests in the browser can begin anywhere.
  for (const place of [/Remote: this computer/, /Local server/]) {
    await shelf.getByRole('button', { name: /^Start a runtime from/ }).click();
    await expect(where.getByRole('combobox')).toHaveValue(/Browser/);
    await where.getByRole('combobox').selectOption({ label: await placeIn(where, place) });
    await where.getByRole('button', { name: 'Start' }).click();
    await expect(page.getByText(/6 variables are in “Python 3/)).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Hide notification' }).first().click();
    await expect(page.getByText(/6 variables are in/)).toBeHidden();
  }
  expect(pageErrors).toEqual([]);
});

/** The item of a list of places. */
async function placeIn(dialog: Locator, name: RegExp): Promise<string> {
  const items = await dialog.getByRole('option').allTextContents();
  return items.find(item => name.test(item)) ?? '';
}

test('what ran in the browser is resumed after a reload', async ({ page, lab }) => {
  const path = lab.addNotebook('hello.ipynb', 'resume.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await pickRuntime(page, 'browser');
  await kernelReady(page, 'browser');
  await run(page, MAKE);
  await command(page, 'notebook:run-all-cells');
  // It is kept a moment after the cells have run.
  await expect
    .poll(() => page.evaluate(() => Object.entries(localStorage).join(' ')), { timeout: 30_000 })
    .toContain('resume.ipynb');
  await command(page, 'docmanager:save');
  await page.reload();
  await page.getByRole('button', { name: 'Resume variables' }).click({ timeout: 60_000 });
  await expect(page.getByText(/6 variables are in/)).toBeVisible({ timeout: 60_000 });
  expect(await run(page, 'print(alias is numbers, point.twice())')).toBe('True 42\n');
});

test('an array of 300 MB goes to a remote runtime and back', async ({ page, lab, pageErrors }) => {
  const path = lab.addNotebook('hello.ipynb', 'large.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  const look = 'print(hashlib.sha256(array).hexdigest(), array.dtype, array.shape)';
  await run(
    page,
    'import hashlib, numpy; array = numpy.random.default_rng(1).random((300, 125_000))'
  );
  const there = await run(page, look);
  const bring = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Bring 3 variables' }).click({ timeout: 60_000 });
    await expect(page.getByText(/3 variables are in/).first()).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Hide notification' }).first().click();
    await expect(page.getByText(/variables are in/)).toBeHidden();
  };
  await pickRuntime(page, 'remote');
  await bring();
  expect(await run(page, look)).toBe(there);
  await run(page, 'array *= 2');
  const back = await run(page, look);
  await pickRuntime(page, 'local', { running: /./ });
  await bring();
  expect(await run(page, look)).toBe(back);
  expect(back).toMatch(/^[0-9a-f]{64} float64 \(300, 125000\)\n$/);
  expect(pageErrors).toEqual([]);
});

test('a transfer that is cancelled in the middle leaves both kernels as they were', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook('hello.ipynb', 'cancel.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await run(page, 'import os; big = os.urandom(400 << 20)');
  await pickRuntime(page, 'browser');
  await page.getByRole('button', { name: /^Bring 2 variables/ }).click({ timeout: 60_000 });
  await expect(page.getByText(/ of 419 MB/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText(/^Cancelled\. Nothing was brought along/)).toBeVisible();
  expect(await run(page, 'print("big" in dir(), "os" in dir())')).toBe('False False\n');
  await page.getByRole('button', { name: 'Go back to “Local server”' }).click();
  await kernelReady(page, 'local');
  expect(await run(page, 'print(len(big) >> 20)')).toBe('400\n');
  await expect(page.getByRole('dialog')).toBeHidden();

  // With a cell that waits for them, the notebook goes back by itself, and the cell runs there.
  await pickRuntime(page, 'browser', { running: /./ });
  await page.getByRole('button', { name: /^Bring 2 variables/ }).click({ timeout: 60_000 });
  await startCell(page, 'print(os.getpid() > 0, len(big) >> 20)');
  await expect(page.getByText(/^Waits for the variables of/)).toBeVisible();
  await expect(page.getByText(/ of 419 MB/)).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect.poll(() => firstOutput(page), { timeout: 30_000 }).toBe('True 400\n');
  await kernelReady(page, 'local');
  await expect(page.getByText(/the cell that waited runs\.$/)).toBeVisible();
});

test('what the other side lacks is installed there, once for all that need it', async ({
  page,
  lab,
  pageErrors
}) => {
  const code = 'class Thing:\n    def __init__(self, size): self.size = size\n';
  await writeWheel(join(lab.notebooks, 'wheels'), 'gamma', code);
  const installed = join(lab.folder, 'site-packages');
  installInto(installed, 'gamma', code);
  const path = lab.addNotebook('hello.ipynb', 'install.ipynb');
  await openNotebook(page, lab, path);
  await packagesFrom(page, 'wheels');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await run(page, `import sys; sys.path.append(${JSON.stringify(installed)})`);
  await run(page, 'from gamma import Thing\nsmall, large = Thing(1), Thing(10)');
  await pickRuntime(page, 'browser');
  const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
  const small = dialog.getByRole('checkbox', { name: /^small/ });
  await expect(small).toHaveAccessibleName(/gamma is not installed in/, { timeout: 60_000 });
  await expect(small).not.toBeChecked();
  await expect(dialog.getByRole('button', { name: /^Install gamma/ })).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Install gamma there (for 3 variables)' }).click();
  await expect(small).toHaveAccessibleName(/as it is/, { timeout: 60_000 });
  await expect(small).toBeChecked();
  await expect(dialog.getByRole('button', { name: /^Install gamma/ })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Bring 4 variables' }).click();
  await expect(page.getByText(/4 variables are in/)).toBeVisible({ timeout: 60_000 });
  expect(await run(page, 'print(small.size, large.size, type(large) is Thing)')).toBe(
    '1 10 True\n'
  );
  expect(pageErrors).toEqual([]);
});

test('variables of a busy kernel come along in the middle of its cell, if that is wanted', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook('hello.ipynb', 'busy.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await run(page, MAKE);
  void run(page, 'import time\nfor step in range(90):\n    time.sleep(1)').catch(() => undefined);
  await expect(page.getByRole('progressbar', { name: 'Kernel status' })).toBeVisible();
  await pickRuntime(page, 'remote');
  const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
  await dialog.getByRole('radio', { name: /^now/ }).check({ timeout: 60_000 });
  await dialog.getByRole('button', { name: /^Bring/ }).click();
  await expect(page.getByText(/variables are in/)).toBeVisible({ timeout: 30_000 });
  expect(await run(page, 'print(alias is numbers, point.twice(), 0 <= step < 90)')).toBe(
    'True 42 True\n'
  );
  await page.getByRole('button', { name: 'Details' }).click();
  await expect(page.getByText(/in the middle of a running cell/)).toBeVisible();
});

/** What somebody else has saved, with another key. @returns The file's path. */
function saveElsewhere(lab: LabServer): string {
  const path = join(lab.folder, 'state.jrs');
  const script = join(lab.folder, 'elsewhere.py');
  const names = ['numbers', 'alias', 'double', 'Point', 'point'];
  writeFileSync(
    script,
    [
      ...['import sys', 'from jupyterlab_runtimes.state import save', MAKE],
      `save(sys.argv[1], ${JSON.stringify(names)}, globals(), for_others=True)`
    ].join('\n')
  );
  const env = { ...process.env, JUPYTERLAB_RUNTIMES_DATA_DIR: join(lab.folder, 'elsewhere') };
  execFileSync(venvProgram('python'), [script, path], { env });
  return path;
}

/** Give the current notebook's first cell a source, and run it. Lab's dialogs keep no command from running. */
async function startCell(page: Page, source: string): Promise<void> {
  await page.evaluate(source => {
    const { content } = window.jupyterapp.shell.currentWidget as NotebookPanel;
    const index = content.widgets.findIndex(({ model }) => model.type === 'code');
    content.activeCellIndex = index;
    content.widgets[index].model.sharedModel.setSource(source);
    void window.jupyterapp.commands.execute('notebook:run-cell');
  }, source);
}

/** What the first code cell of the current notebook has printed. */
async function firstOutput(page: Page): Promise<string> {
  const [{ outputs }] = await cells(page);
  return printed(outputs);
}

const THEMES = ['JupyterLab Dark', 'JupyterLab Dark High Contrast', 'JupyterLab Light'];

/** Fit for everybody; and pictures in each theme and narrow, where `STATE_SHOTS` names a folder. */
async function look(page: Page, name: string, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  const folder = process.env.STATE_SHOTS;
  if (folder === undefined) {
    return;
  }
  for (const theme of THEMES) {
    await command(page, 'apputils:change-theme', { theme });
    await page.waitForFunction(theme => document.body.dataset.jpThemeName === theme, theme);
    await page.screenshot({ path: join(folder, `${name}-${theme.replaceAll(' ', '-')}.png`) });
  }
  await page.setViewportSize({ width: 480, height: 800 });
  await page.screenshot({ path: join(folder, `${name}-narrow.png`) });
  await page.setViewportSize({ width: 1280, height: 800 });
}
