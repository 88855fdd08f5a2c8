/** A cell on a remote runtime, over the same kernel served by a plain Jupyter Server: both from a page. */
import { cellMs, kernelName, openLabPage, startKernel, temporaryLab } from './page.mjs';

/**
 * @param options.code Prints or displays `bytes` characters.
 * @param options.runs Cells in one sample.
 */
export function cellBench({ what, code, runs, bytes }) {
  return {
    what,
    unit: 'ms',
    bound: 1.5,
    warmups: 2,

    async prepare(browser) {
      const ours = await temporaryLab({ extension: 'with', isolation: false });
      const plain = await temporaryLab({ extension: 'without', isolation: false });
      const { page: ourPage } = await openLabPage(browser, ours);
      const { page: plainPage } = await openLabPage(browser, plain);
      await startKernel(ourPage, await kernelName(ourPage, 'remote.'));
      await startKernel(plainPage, 'python3');
      return {
        measure: () => cellMs(ourPage, code, { runs, bytes }),
        baseline: () => cellMs(plainPage, code, { runs, bytes }),
        close: () => Promise.all([ourPage.context().close(), plainPage.context().close()])
      };
    }
  };
}
