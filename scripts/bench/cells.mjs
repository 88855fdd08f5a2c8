/** A cell on a remote runtime, over the same kernel served by a plain Jupyter Server: both from a page. */
import { busyKernels } from './busy.mjs';
import { cellMs, kernelName, openLabPage, startKernel, temporaryLab } from './page.mjs';

/**
 * @param options.code Prints or displays `bytes` characters.
 * @param options.runs Cells in one sample.
 * @param options.busy Other kernels of the same kind, busy all the while. Default: none.
 */
export function cellBench({ what, code, runs, bytes, busy = 0 }) {
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
      return {
        measure: await sample(ourPage, ours.folder, await kernelName(ourPage, 'remote.')),
        baseline: await sample(plainPage, plain.folder, 'python3'),
        close: () => Promise.all([ourPage.context().close(), plainPage.context().close()])
      };
    }
  };

  async function sample(page, folder, name) {
    await startKernel(page, name);
    const measure = () => cellMs(page, code, { runs, bytes });
    if (busy === 0) {
      return measure;
    }
    const others = await busyKernels(page, { name, count: busy, folder });
    return () => others.during(measure);
  }
}
