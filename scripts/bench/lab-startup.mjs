/** Start-up of JupyterLab's page with the extension, over without. */
import { Problem } from '../machine/say.mjs';
import { openLabPage, temporaryLab } from './page.mjs';

const PYODIDE = /pyodide|\.wasm\b|packages\.pack/i;

export const bench = {
  what: 'JupyterLab until its page is there, with the extension over without',
  unit: 'ms',
  bound: 1.05,

  async prepare(browser) {
    const withOurs = await temporaryLab({ extension: 'with', isolation: false });
    const without = await temporaryLab({ extension: 'without', isolation: false });
    const load = async lab => {
      const { loadMs, requests, close } = await openLabPage(browser, lab);
      await close();
      const early = requests.find(url => PYODIDE.test(new URL(url).pathname));
      if (early) {
        throw new Problem(`Pyodide was loaded before it was asked for: ${early}`);
      }
      return loadMs;
    };
    return {
      measure: () => load(withOurs),
      baseline: () => load(without)
    };
  }
};
