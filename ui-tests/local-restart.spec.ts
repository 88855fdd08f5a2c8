/** A remote cell runs on while the user's own Jupyter Server is restarted. */
import { startCounting, expectWholeCount } from './fixtures/counter';
import { test } from './fixtures/lab';

test.setTimeout(120_000);

// The service outlives the first server, and is ended with the second.
test.use({ labOptions: { config: { JupyterLabRuntimes: { stop_service_with_server: false } } } });

test('every line arrives when the local server is restarted during the cell', async ({
  page,
  lab
}) => {
  await startCounting(page, lab, 'restarted.ipynb');
  await lab.restart({ config: { JupyterLabRuntimes: { stop_service_with_server: true } } });
  await expectWholeCount(page);
});
