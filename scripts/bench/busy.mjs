/** Other kernels of a page, which compute and print while something is measured. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Starts more kernels in the page.
 *  @returns `during(measure)`: what `measure` resolves with, while all of them are busy. */
export async function busyKernels(page, { name, count, folder }) {
  const stop = join(folder, 'stop');
  await page.evaluate(
    async ({ name, count }) => {
      const { kernels } = window.jupyterapp.serviceManager;
      window.busyKernels = [];
      // One after the other: a service lets few start at once, and it is not their start that is measured.
      for (let i = 0; i < count; i += 1) {
        const kernel = await kernels.startNew({ name });
        await kernel.requestExecute({ code: '1' }).done;
        window.busyKernels.push(kernel);
      }
    },
    { name, count }
  );
  return {
    async during(measure) {
      rmSync(stop, { force: true });
      await page.evaluate(begin, code(stop));
      const value = await measure();
      writeFileSync(stop, '');
      await page.evaluate(end);
      return value;
    }
  };
}

/** Computes a few milliseconds for each line. */
const code = stop => `
import os
while not os.path.exists(${JSON.stringify(stop)}):
    sum(range(200_000))
    print('busy', flush=True)
`;

/** In the page: resolves when each has printed. */
async function begin(code) {
  window.busyFutures = window.busyKernels.map(kernel => kernel.requestExecute({ code }));
  await Promise.all(
    window.busyFutures.map(
      future =>
        new Promise(resolve => {
          future.onIOPub = ({ header }) => {
            if (header.msg_type === 'stream') {
              resolve();
            }
          };
        })
    )
  );
}

/** In the page: resolves when all are idle again. */
async function end() {
  const replies = await Promise.all(window.busyFutures.map(future => future.done));
  if (replies.some(({ content }) => content.status !== 'ok')) {
    throw new Error('A busy kernel failed.');
  }
}
