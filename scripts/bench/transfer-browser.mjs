/** A variable from a browser kernel into a local one, over the page's bare POST of as many bytes to the same Jupyter Server. */
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { ROOT } from '../machine/paths.mjs';
import { Problem } from '../machine/say.mjs';
import { temporaryLab } from './page.mjs';
import { openUnwatchedPage } from './unwatched-page.mjs';

const EXTENSION = fileURLToPath(new URL('extension', import.meta.url));
const PAGE_PROGRAM = fileURLToPath(new URL('transfer-browser-page.mjs', import.meta.url));
/** As of transfers.py: with 1 it is all of it. */
const BYTES = Math.round(256e6 * Number(process.env.JLR_BENCH_GIB ?? 1));

export const bench = {
  what: `browser → local, ${BYTES / 1e6} MB, over the page's bare POST of as many bytes`,
  unit: 's',
  bound: 1.5,

  async prepare(browser) {
    const lab = await temporaryLab({
      isolation: false,
      config: {
        ServerApp: { jpserver_extensions: { jupyterlab_runtimes: true, bench_upload: true } }
      },
      env: { PYTHONPATH: EXTENSION }
    });
    const page = await openUnwatchedPage(browser, `${lab.url}lab?reset&token=${lab.token}`);
    await page.waitFor(() => window.jupyterapp?.restored.then(() => true) ?? false);
    await page.addScript(await pageProgram());
    const call = (name, ...args) =>
      page.evaluate((name, args) => window.benchTransfer[name](...args), name, args);
    await call('prepare', BYTES);
    let isChecked = false;
    return {
      measure: async () => {
        const { transport, restored, seconds } = await call('move');
        if (transport !== 'http' || restored.join() !== 'x') {
          throw new Problem(
            `It went by ${transport}, and there is ${restored.join() || 'nothing'}.`
          );
        }
        if (!isChecked) {
          const [here, there] = await call('digests');
          if (here !== there) {
            throw new Problem(`Other bytes arrived: ${there}, not ${here}.`);
          }
          isChecked = true;
        }
        await call('forget');
        return seconds;
      },
      baseline: () => call('post'),
      close: page.close
    };
  }
};

/** The way that the page's own dialogs take, without the dialogs. */
async function pageProgram() {
  const { outputFiles } = await build({
    entryPoints: [PAGE_PROGRAM],
    absWorkingDir: ROOT,
    alias: { '@jupyterlab-runtimes/core': `${ROOT}/packages/core/src/index.ts` },
    bundle: true,
    format: 'iife',
    write: false,
    define: { 'process.env.NODE_DEBUG': '""', global: 'window' },
    logLevel: 'error'
  });
  return outputFiles[0].text;
}
