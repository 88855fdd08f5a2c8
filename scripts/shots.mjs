/** `npm run shots`: pictures of the main views, in the themes and narrow, to `ui-tests/shots/`. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { endLabs, kernelName, openBrowser, openLabPage, temporaryLab } from './bench/page.mjs';
import { build } from './build.mjs';
import { ROOT } from './machine/paths.mjs';
import { main, say, stage } from './machine/say.mjs';
import { setup } from './setup.mjs';

const FOLDER = join(ROOT, 'ui-tests', 'shots');
const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 480, height: 800 };
const NOTEBOOK = 'welcome.ipynb';

/** From Lab as it opens, in this order: each view starts from what the one before left. */
const VIEWS = [
  { name: 'launcher', show: async () => {} },
  { name: 'notebook', show: openNotebook },
  { name: 'sidebar', show: showSidebar },
  { name: 'picker', show: openPicker, hide: page => page.keyboard.press('Escape') },
  { name: 'variables', show: offerVariables, hide: bringThem },
  { name: 'snapshots', show: showSnapshots, hide: showSidebar },
  { name: 'launch-form', show: openLaunchForm, hide: page => page.keyboard.press('Escape') },
  { name: 'life', show: launchTimed },
  { name: 'change', show: openChangeForm, hide: page => page.keyboard.press('Escape') },
  { name: 'log', show: page => command(page, 'runtimes:show-logs'), hide: closeCurrent },
  { name: 'files', show: page => command(page, 'runtimes:show-files') },
  { name: 'paused', show: pauseIt },
  { name: 'paused-question', show: runACell, hide: page => page.keyboard.press('Escape') }
];

await main(async () => {
  await setup();
  await build();
  mkdirSync(FOLDER, { recursive: true });
  const browser = await openBrowser();
  try {
    const lab = await temporaryLab({ extension: 'with' });
    cpSync(join(ROOT, 'examples', NOTEBOOK), join(lab.folder, 'notebooks', NOTEBOOK));
    const { page } = await openLabPage(browser, lab);
    await page.setViewportSize(WIDE);
    for (const prefix of ['browser:', 'remote.']) {
      await stage(`Starting a runtime ${prefix}`, () => startRuntime(page, prefix));
    }
    for (const { name, show, hide } of VIEWS) {
      await show(page);
      await takeAll(page, name);
      await hide?.(page);
    }
  } finally {
    await endLabs();
    await browser.close();
  }
  say(`The pictures are in ${FOLDER}.`);
});

/** One picture in each theme, and a narrow one. */
async function takeAll(page, name) {
  for (const theme of THEMES) {
    await page.evaluate(
      theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme }),
      theme
    );
    await page.waitForFunction(theme => document.body.dataset.jpThemeName === theme, theme);
    await take(
      page,
      `${name}-${theme.replace('JupyterLab ', '').replaceAll(' ', '-').toLowerCase()}`
    );
  }
  await page.evaluate(
    theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme }),
    THEMES[0]
  );
  await page.setViewportSize(NARROW);
  await take(page, `${name}-narrow`);
  await page.setViewportSize(WIDE);
}

async function take(page, name) {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  say(`  ${name}.png`);
}

async function startRuntime(page, prefix) {
  const name = await kernelName(page, prefix);
  await page.evaluate(async name => {
    const kernel = await window.jupyterapp.serviceManager.kernels.startNew({ name });
    await kernel.info;
  }, name);
}

async function openNotebook(page) {
  await page.evaluate(async path => {
    const panel = await window.jupyterapp.commands.execute('docmanager:open', { path });
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session?.kernel?.info;
  }, NOTEBOOK);
}

async function showSidebar(page) {
  await page.getByRole('tab', { name: /^Runtimes/ }).click();
}

async function openPicker(page) {
  await page
    .getByRole('toolbar', { name: 'main area toolbar' })
    .getByRole('button', { name: / · |No kernel/i })
    .click();
  await page.getByRole('dialog').waitFor();
}

async function command(page, id, args = {}) {
  await page.evaluate(([id, args]) => window.jupyterapp.commands.execute(id, args), [id, args]);
}

async function openLaunchForm(page) {
  void command(page, 'runtimes:launch-with-options');
  const form = page.getByRole('dialog', { name: 'New runtime' });
  await form.getByLabel('Reserve for, minutes').fill('soon');
  await form.getByRole('button', { name: 'Add a variable' }).click();
  await page.keyboard.type('2FA');
  await form.getByRole('button', { name: 'Launch' }).click();
}

/** A runtime with so little time that its warning is there at once. */
async function launchTimed(page) {
  void command(page, 'runtimes:launch-with-options');
  const form = page.getByRole('dialog', { name: 'New runtime' });
  await form.getByLabel('Name', { exact: true }).fill('training');
  await form.getByLabel('Reserve for, minutes').fill('5.05');
  await form.getByRole('button', { name: 'Launch' }).click();
  await page.getByRole('row', { name: /^training.*left/ }).waitFor({ timeout: 60_000 });
  // It is the notebook's now, and the variables that were brought along before could come along again.
  await page.getByRole('button', { name: /^Leave them in/ }).click();
  await page
    .getByText(/Its time is up in/)
    .first()
    .waitFor({ timeout: 30_000 });
}

async function openChangeForm(page) {
  await page.getByRole('button', { name: 'More actions for training' }).click();
  await page.getByRole('menuitem', { name: /^Change Name/ }).click();
  await page.getByRole('dialog', { name: 'Change “training”' }).waitFor();
}

async function pauseIt(page) {
  const row = page.getByRole('row', { name: /^training/ });
  await page.getByRole('tab', { name: /^Runtimes/ }).click();
  if (!(await row.isVisible())) {
    await page.getByRole('tab', { name: /^Runtimes/ }).click();
  }
  await row.getByRole('button', { name: 'Pause training' }).click();
  await page
    .getByText(/state of/)
    .first()
    .waitFor({ timeout: 60_000 });
}

async function runACell(page) {
  void command(page, 'notebook:run-all-cells');
  await page.getByRole('dialog', { name: /paused/ }).waitFor();
}

async function closeCurrent(page) {
  await command(page, 'application:close');
}

/** A notebook with variables changes to the remote runtime. */
async function offerVariables(page) {
  const key = await page
    .locator('[data-runtime-key^="remote."]')
    .first()
    .getAttribute('data-runtime-key');
  await page.evaluate(async key => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const code = `import threading
rows = [{"city": "Oslo", "degrees": -4}, {"city": "Quito", "degrees": 14}]
api_token = "hush"
class Reading:
    def __init__(self, city, degrees):
        self.city, self.degrees = city, degrees
readings = [Reading(**row) for row in rows]
def warmest(readings):
    return max(readings, key=lambda reading: reading.degrees)
lines = (str(row) for row in rows)
lock = threading.Lock()`;
    await kernel.requestExecute({ code }).done;
    await window.jupyterapp.commands.execute('runtimes:switch', { key });
  }, key);
  await page.getByRole('dialog').waitFor();
}

async function bringThem(page) {
  await page.getByRole('button', { name: /^Bring \d/ }).click();
  await page.getByText(/variables are in/).waitFor();
}

async function showSnapshots(page) {
  await page.evaluate(() => window.jupyterapp.commands.execute('runtimes:take-snapshot'));
  await page.getByRole('tab', { name: 'Snapshots', exact: true }).click();
  await page
    .getByRole('button', { name: /^Export/ })
    .first()
    .waitFor();
}
