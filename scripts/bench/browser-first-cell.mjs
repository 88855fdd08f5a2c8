/** The first cell's answer in a new browser runtime, over pyodide-kernel's own worker as it comes, all its files served locally. */
import { kernelName, openLabPage, temporaryLab } from './page.mjs';
import { servePlainPyodide } from './plain-pyodide.mjs';

const CODE = 'print(6 * 7)';

export const bench = {
  what: 'the first cell of a new browser runtime, over plain pyodide-kernel served locally',
  unit: 'ms',
  bound: 1,

  async prepare(browser) {
    const lab = await temporaryLab({ extension: 'with', isolation: false });
    const plain = await servePlainPyodide();
    return {
      // Each sample has a page of its own, with nothing cached.
      measure: async () => {
        const { page, close } = await openLabPage(browser, lab);
        const name = await kernelName(page, 'browser:');
        const milliseconds = await page.evaluate(firstCellOfOurs, { name, code: CODE });
        await close();
        return milliseconds;
      },
      baseline: async () => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(plain.url);
        await page.waitForFunction(() => window.firstCell !== undefined);
        const milliseconds = await page.evaluate(code => window.firstCell(code), CODE);
        await context.close();
        return milliseconds;
      },
      close: () => plain.close()
    };
  }
};

async function firstCellOfOurs({ name, code }) {
  const startedAt = performance.now();
  const kernel = await window.jupyterapp.serviceManager.kernels.startNew({ name });
  const { content } = await kernel.requestExecute({ code }).done;
  if (content.status !== 'ok') {
    throw new Error(`The cell failed: ${content.evalue}`);
  }
  return performance.now() - startedAt;
}
