import AxeBuilder from '@axe-core/playwright';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { command, openLab } from './fixtures/app';
import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import { cells, kernelReady, openNotebook, pickRuntime, printed, save } from './fixtures/notebook';

/** A launch, a pause and a resume take their time each. */
test.setTimeout(240_000);

/** How long a pause or a resume may take, milliseconds. */
const MOVE_MS = 90_000;

test('a runtime from launch to end: options, countdown, extension, pause, resume with its variables', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook('hello.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');

  await test.step('launch with options, from the picker', async () => {
    await toolbar(page)
      .getByRole('button', { name: / · |No kernel/i })
      .click();
    await page.getByRole('option', { name: /New runtime with options/ }).click();
    const form = page.getByRole('dialog', { name: 'New runtime' });
    await expect(form.getByLabel('Environment', { exact: true })).toBeVisible();
    await expectNoViolations(page, '.jp-RuntimesLaunch');

    await form.getByLabel('Name', { exact: true }).fill('analysis');
    await form.getByLabel('Reserve for, minutes').fill('-3');
    await form.getByRole('button', { name: 'Launch' }).click();
    await expect(form.getByText('Reserve more than 0 minutes, in digits.')).toBeVisible();
    await expect(form.getByLabel('Reserve for, minutes')).toBeFocused();
    await form.getByLabel('Reserve for, minutes').fill('30');
    await form.getByRole('button', { name: 'Add a variable' }).click();
    await page.keyboard.type('GREETING');
    await page.keyboard.press('Tab');
    await page.keyboard.type('hi');
    await form.getByRole('button', { name: 'Launch' }).click();

    await expect(form).toBeHidden();
    await kernelReady(page, 'remote');
    expect(await run(page, 'import os\nx = 41\nprint(os.environ["GREETING"])')).toBe('hi\n');
  });

  const row = page.getByRole('row', { name: /^analysis/ });

  await test.step('the sidebar counts down, and extends with one click', async () => {
    await page.getByRole('tab', { name: /^Runtimes/ }).click();
    await expect(row).toContainText(/(29|30) min left, then paused/);
    await expectNoViolations(page, '.jp-RuntimesSidebar');
    await row.getByRole('button', { name: 'Extend analysis by 30 min' }).click();
    await expect(row).toContainText(/59 min left|1 h left/);
  });

  await test.step('pause: the notebook says so', async () => {
    await row.getByRole('button', { name: 'Pause analysis' }).click();
    await expect(row).toContainText('paused', { timeout: MOVE_MS });
    await expect(row).toContainText(/state of/, { timeout: MOVE_MS });
    await expect(row).toContainText(/left when it runs again/);
    await expect(toolbar(page).getByRole('button', { name: /paused/ })).toBeVisible();
    await expect(toolbar(page).getByRole('button', { name: 'Resume' })).toBeVisible();
    await expectNoViolations(page, '.jp-RuntimesSidebar');
  });

  await test.step('a paused runtime is remembered over a reload', async () => {
    await save(page);
    // The address resets the workspace as well.
    await openNotebook(page, lab, path);
    await expect(toolbar(page).getByRole('button', { name: /paused/ })).toBeVisible();
  });

  await test.step('running a cell offers to resume, and runs with the variables', async () => {
    const printing = run(page, 'print(x + 1)');
    const question = page.getByRole('dialog', { name: /paused/ });
    await expect(question).toContainText('Its variables are kept');
    await question.getByRole('button', { name: 'Resume' }).click();
    expect(await printing).toBe('42\n');
    await kernelReady(page, 'remote');
  });

  await test.step('terminate', async () => {
    await page.getByRole('tab', { name: /^Runtimes/ }).click();
    await row.getByRole('button', { name: 'Terminate analysis…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click();
    await expect(row).toHaveCount(0);
  });
});

test('a pause names what it would lose; log and files are the runtime’s own', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook('hello.ipynb', 'loss.ipynb');
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  await pickRuntime(page, 'remote', { start: /Python/ });
  await kernelReady(page, 'remote');
  await run(page, 'import socket\nline = socket.socket()\nprint("open")');

  await test.step('its log', async () => {
    await command(page, 'runtimes:show-logs');
    await expect(page.getByRole('log')).toContainText(/Kernel started/);
    await expectNoViolations(page, '.jp-RuntimesLog');
    await command(page, 'application:close');
  });

  await test.step('its files, which say whose they are', async () => {
    await command(page, 'runtimes:show-files');
    await expect(page.getByText(/Files of “.*”, on the disk of Remote/)).toBeVisible();
    await expect(page.getByRole('listitem', { name: /loss\.ipynb/ })).toBeVisible();
  });

  await test.step('its files are there again after a reload', async () => {
    await save(page);
    // A workspace is saved a moment after it has changed; the address that empties it is left.
    await expect
      .poll(() => workspace(page), { timeout: 30_000 })
      .toContain('jupyterlab-runtimes-files');
    await openLab(page, lab.pageUrl('lab'));
    const files = page.locator('.jp-RuntimesFiles');
    await expect(files).toContainText(/Files of “.*”, on the disk of Remote/);
    await expect(files.getByRole('listitem', { name: /loss\.ipynb/ })).toBeVisible();
    await expectNoViolations(page, '.jp-RuntimesFiles-header');
    await kernelReady(page, 'remote');
  });

  await test.step('a pause that would lose something asks first', async () => {
    await page.getByRole('tab', { name: /^Runtimes/ }).click();
    const remote = page.getByRole('rowgroup', { name: /^Remote/ });
    const row = remote.getByRole('row').filter({ hasText: 'loss.ipynb' });
    const pause = row.getByRole('button', { name: /^Pause/ });
    const question = page.getByRole('dialog', { name: /can’t be kept/ });
    await pause.click();
    await expect(question).toContainText('line', { timeout: MOVE_MS });
    await expectNoViolations(page, '.jp-RuntimesNotCarried');
    await question.getByRole('button', { name: 'Keep running' }).click();
    expect(await run(page, 'print(line.fileno() > 0)')).toBe('True\n');

    await pause.click();
    await question.getByRole('button', { name: 'Pause without these' }).click({ timeout: MOVE_MS });
    await expect(row).toContainText(/state of/, { timeout: MOVE_MS });
  });

  await test.step('the files of what is paused are a sentence, not an empty list', async () => {
    const files = page.locator('.jp-RuntimesFiles');
    await expect(files).toContainText(/is paused: resume it to see its files/);
    await expect(files.getByRole('listitem')).toHaveCount(0);
  });
});

/** What Lab has saved of the page's layout. */
function workspace(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { workspaces } = window.jupyterapp.serviceManager;
    return JSON.stringify(await workspaces.fetch('default'));
  });
}

function toolbar(page: Page) {
  return page.getByRole('toolbar', { name: 'main area toolbar' });
}

/** Run code in a new cell at the end, as a person does, and wait for what it prints. */
async function run(page: Page, source: string): Promise<string> {
  const id = await page.evaluate(source => {
    const panel = window.jupyterapp.shell.currentWidget as NotebookPanel;
    const model = panel.content.model!.sharedModel;
    const cell = model.insertCell(model.cells.length, { cell_type: 'code', source });
    panel.content.activeCellIndex = model.cells.length - 1;
    void window.jupyterapp.commands.execute('notebook:run-cell');
    return cell.id;
  }, source);
  const cell = async () => (await cells(page)).find(one => one.id === id);
  await expect
    .poll(async () => (await cell())?.executionCount ?? null, { timeout: MOVE_MS })
    .not.toBeNull();
  return printed((await cell())?.outputs ?? []);
}

async function expectNoViolations(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
}
