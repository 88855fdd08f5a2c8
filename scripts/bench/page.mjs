/** Pages of a JupyterLab, as the benches measure from them. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startLab } from '../lab/lab.mjs';
import { findChromium } from '../machine/chromium.mjs';
import { Problem } from '../machine/say.mjs';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

export async function openBrowser() {
  const { chromium } = await import('@playwright/test');
  const executablePath = (await findChromium()) ?? undefined;
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** What runs, to be ended however a bench goes. */
const running = new Set();

/** End every JupyterLab that `temporaryLab` started, and remove its folder. */
export async function endLabs() {
  await Promise.all([...running].map(lab => lab.end()));
}

/** A JupyterLab in a temporary folder, until `endLabs`. */
export async function temporaryLab(options) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-')));
  const lab = await startLab({
    folder,
    ...options,
    config: {
      ...options.config,
      LabApp: { expose_app_in_browser: true, extension_manager: 'readonly' }
    }
  });
  const temporary = {
    ...lab,
    end: async () => {
      running.delete(temporary);
      await lab.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  };
  running.add(temporary);
  return temporary;
}

/**
 * Open Lab in a context of its own, with nothing cached.
 *
 * @returns `{ page, loadMs, requests, close }`: until Lab's widgets are there, and all that the page asked for.
 */
export async function openLabPage(browser, lab) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const requests = [];
  page.on('request', request => requests.push(request.url()));
  const startedAt = performance.now();
  await page.goto(`${lab.url}lab?reset&token=${lab.token}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.jupyterapp !== undefined, null, { polling: 10 });
  await page.evaluate(() => window.jupyterapp.restored);
  const loadMs = performance.now() - startedAt;
  return { page, loadMs, requests, close: () => context.close() };
}

/** Wait until Lab knows a kernelspec, and return its name: `remote.` for the first remote one. */
export async function kernelName(page, prefix) {
  const found = await page.waitForFunction(
    prefix => {
      const specs = window.jupyterapp.serviceManager.kernelspecs.specs?.kernelspecs ?? {};
      return Object.keys(specs).find(name => name.startsWith(prefix));
    },
    prefix,
    { timeout: 60_000 }
  );
  const name = await found.jsonValue();
  if (!name) {
    throw new Problem(`JupyterLab knows no kernel whose name starts with ${prefix}.`);
  }
  return name;
}

/** Start a kernel in the page, keep it as `window.benchKernel`, and wait for its first answer. */
export function startKernel(page, name) {
  return page.evaluate(async name => {
    const kernel = await window.jupyterapp.serviceManager.kernels.startNew({ name });
    await kernel.info;
    await kernel.requestExecute({ code: '1' }).done;
    window.benchKernel = kernel;
  }, name);
}

/** Milliseconds until a cell's reply and all its output are in the page, the mean over some runs. */
export function cellMs(page, code, { runs, bytes }) {
  return page.evaluate(
    async ({ code, runs, bytes }) => {
      const startedAt = performance.now();
      for (let run = 0; run < runs; run += 1) {
        let arrived = 0;
        const future = window.benchKernel.requestExecute({ code });
        future.onIOPub = ({ header, content }) => {
          if (header.msg_type === 'stream') {
            arrived += content.text.length;
          } else if (header.msg_type === 'display_data') {
            arrived += content.data['text/plain'].length;
          }
        };
        await future.done;
        if (arrived !== bytes) {
          throw new Error(`${arrived} of ${bytes} bytes of output arrived.`);
        }
      }
      return (performance.now() - startedAt) / runs;
    },
    { code, runs, bytes }
  );
}
