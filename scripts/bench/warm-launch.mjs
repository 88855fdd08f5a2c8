/** A remote runtime from the warm pool, from the click until a cell has answered, over one that has to be started. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Problem } from '../machine/say.mjs';
import { kernelName, openLabPage, temporaryLab } from './page.mjs';

/** A spare is there within this time, milliseconds. */
const SPARE_MS = 60_000;
/** It can be had as soon as its kernel was started; what that imports takes a moment more, milliseconds. */
const SETTLE_MS = 3000;

export const bench = {
  what: 'a remote runtime from the warm pool until a cell has answered, over one that is started',
  unit: 'ms',
  bound: 0.15,

  async prepare(browser) {
    const warm = await onePage(browser, 1);
    const cold = await onePage(browser, 0);
    // The first launch tells the service what to keep ready.
    await launch(warm);
    return {
      measure: async () => {
        await untilSpare(warm.folder);
        return launch(warm);
      },
      baseline: () => launch(cold),
      close: () => Promise.all([warm.close(), cold.close()])
    };
  }
};

async function onePage(browser, warm) {
  const lab = await temporaryLab({
    extension: 'with',
    isolation: false,
    config: { JupyterLabRuntimes: { warm, stop_service_with_server: true } }
  });
  const { page, close } = await openLabPage(browser, lab);
  return { page, close, folder: lab.folder, name: await kernelName(page, 'remote.') };
}

/** Start, run a cell, and end it outside of the measured time. */
function launch({ page, name }) {
  return page.evaluate(async name => {
    const { kernels } = window.jupyterapp.serviceManager;
    const startedAt = performance.now();
    const kernel = await kernels.startNew({ name });
    await kernel.requestExecute({ code: '1' }).done;
    const milliseconds = performance.now() - startedAt;
    await kernel.shutdown();
    return milliseconds;
  }, name);
}

/** Wait until the service says that a spare can be had. */
async function untilSpare(folder) {
  const data = join(folder, 'data');
  const { url, token_file: tokenFile } = JSON.parse(
    readFileSync(join(data, 'service.json'), 'utf8')
  );
  const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8')}` };
  const until = performance.now() + SPARE_MS;
  while (performance.now() < until) {
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    if (/^runtimes_spares 1$/m.test(metrics)) {
      await delay(SETTLE_MS);
      return;
    }
    await delay(100);
  }
  throw new Problem('No runtime was kept ready: see service.log.');
}
