/** numpy, pandas and others in browser kernels: over a network, from a folder, and what moves with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openLab } from './fixtures/app';
import { GRAPHS, graphsGoRound } from './fixtures/graphs';
import { runCode, startBrowserKernel, startLocalKernel } from './fixtures/kernel';
import { expect, test } from './fixtures/lab';
import { kernelReady, openNotebook, pickRuntime, ROUTE, runHere } from './fixtures/notebook';
import { packagesFrom } from './fixtures/packages';

test.skip(
  process.env.JUPYTERLAB_RUNTIMES_TEST_LONG !== '1',
  'fetches libraries for Pyodide, 100 MB: npm run test:long'
);

test.use({ labOptions: { offerVariables: 'ask' } });

test.setTimeout(240_000);

/** Whose libraries can be had; they fit all Pyodides 314. */
const PYODIDE = '314.0.3';
const WHEELS = 'pyodide-libraries';

test.beforeAll(async ({ lab }) => {
  const folder = join(lab.notebooks, WHEELS);
  await lab.python('jupyterlab_runtimes.tests.pyodide_libraries', PYODIDE, folder);
});

const USE = [
  'import numpy, pandas',
  'frame = pandas.DataFrame({"a": numpy.arange(4), "b": list("wxyz")})',
  'print(frame.a.sum(), frame.b.str.upper().tolist())'
].join('\n');
const USED = "6 ['W', 'X', 'Y', 'Z']\n";

test('they come over the network with no setting, by import and by %pip', async ({ page, lab }) => {
  const asked: string[] = [];
  const folder = join(lab.notebooks, WHEELS);
  const file = (name: string) => ({ body: readFileSync(join(folder, name)) });
  // Stands for the network: Pyodide's distribution, of which the version that can be had here.
  await page.context().route(/\/pyodide-lock\.json$/, async route => {
    const own = (await (await route.fetch()).json()) as { info: object };
    const lock = JSON.parse(file('pyodide-lock.json').body.toString()) as object;
    await route.fulfill({ json: { ...lock, info: own.info } });
  });
  await page.context().route(
    url => url.origin !== new URL(lab.url).origin,
    async route => {
      const url = route.request().url();
      asked.push(url);
      await route.fulfill({
        ...file(url.split('/').at(-1) ?? ''),
        headers: { 'Access-Control-Allow-Origin': '*' }
      });
    }
  );
  await openLab(page, lab.pageUrl('lab?reset'));
  await startBrowserKernel(page, 'a.ipynb');
  expect((await runCode(page, 'a.ipynb', USE)).text).toContain(USED);
  const install = '%pip install scikit-learn\nfrom sklearn.linear_model import LinearRegression';
  const fit = 'print(LinearRegression().fit(frame[["a"]], frame.a * 2).coef_.round(6))';
  expect((await runCode(page, 'a.ipynb', `${install}\n${fit}`)).text).toContain('[2.]');
  expect(asked.every(url => /\/pyodide\/v314\.[\d.]+\/full\/[^/]+\.whl$/.test(url))).toBe(true);
  expect(asked.length).toBeGreaterThan(4);
});

test('they come from a folder of the Jupyter Server, and plot', async ({ page, lab }) => {
  await openLab(page, lab.pageUrl('lab?reset'));
  await packagesFrom(page, WHEELS);
  await openLab(page, lab.pageUrl('lab?reset'));
  await startBrowserKernel(page, 'a.ipynb');
  expect((await runCode(page, 'a.ipynb', USE)).text).toContain(USED);
  const plot = 'import matplotlib.pyplot as plt\nplt.plot(frame.a); plt.show()';
  const { outputs } = await runCode(page, 'a.ipynb', plot);
  const pictures = outputs.filter(
    ({ content }) => 'image/png' in ((content as { data?: object }).data ?? {})
  );
  expect(pictures).toHaveLength(1);
});

const MAKE = [
  USE,
  'frame["day"] = pandas.date_range("2026-03-28", periods=4, tz="Europe/Berlin")',
  'array = numpy.arange(600_000.0).reshape(600, 1000); window = array[::2, 5:]',
  'def total(values): return float(values.sum())',
  'class Kept:',
  '    def __init__(self, values): self.values = values',
  '    def total(self): return total(self.values)',
  'kept = Kept(window)'
].join('\n');
const LOOK =
  'print(frame.a.sum(), frame.b.tolist(), frame.day.dt.tz, frame.day.diff().max(), frame.dtypes.astype(str).tolist(), kept.total() == total(window), kept.values is window, numpy.shares_memory(array, window), array.sum())';

test('frames and arrays go in nine directions, one after the other', async ({
  page,
  lab,
  pageErrors
}) => {
  test.setTimeout(480_000);
  await openLab(page, lab.pageUrl('lab?reset'));
  await packagesFrom(page, WHEELS);
  await openNotebook(page, lab, lab.addNotebook('hello.ipynb', 'frames.ipynb'));
  await kernelReady(page, 'local');
  await runHere(page, MAKE);
  const before = await runHere(page, LOOK);
  expect(before).toMatch(
    /^6 \['w', 'x', 'y', 'z'\] Europe\/Berlin 1 days 00:00:00 .* True True True 179999700000\.0\n$/
  );
  for (const place of ROUTE) {
    await test.step(`to ${place}`, async () => {
      await pickRuntime(page, place);
      const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
      await dialog.waitFor({ timeout: 30_000 });
      const bring = dialog.getByRole('button', { name: /^Bring 8 variables/ });
      const install = dialog.getByRole('button', { name: /^Install pandas there/ });
      await expect(bring.or(install)).toBeVisible({ timeout: 30_000 });
      if (place === 'browser') {
        // With numpy and tzdata, which it needs.
        await install.click();
      }
      await expect(bring).toBeVisible({ timeout: 60_000 });
      await bring.click();
      await expect(page.getByText(/8 variables are in/).first()).toBeVisible({ timeout: 90_000 });
      await page.getByRole('button', { name: 'Hide notification' }).first().click();
      await expect(page.getByText(/variables are in/)).toBeHidden();
      expect(await runHere(page, LOOK)).toBe(before);
    });
  }
  expect(pageErrors).toEqual([]);
});

test('a moment in a time zone goes where there are none yet, too', async ({ page, lab }) => {
  await openLab(page, lab.pageUrl('lab?reset'));
  await packagesFrom(page, WHEELS);
  await openNotebook(page, lab, lab.addNotebook('hello.ipynb', 'zones.ipynb'));
  await kernelReady(page, 'local');
  const zone = 'tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")';
  await runHere(page, `import datetime, zoneinfo\nwhen = datetime.datetime(2026, 7, 1, ${zone})`);
  await pickRuntime(page, 'browser');
  const dialog = page.getByRole('dialog', { name: /Bring variables along/ });
  await dialog.getByRole('button', { name: 'Install tzdata there' }).click();
  await dialog.getByRole('button', { name: 'Bring 3 variables' }).click({ timeout: 60_000 });
  await expect(page.getByText(/3 variables are in/).first()).toBeVisible({ timeout: 60_000 });
  expect(await runHere(page, 'print(when.isoformat())')).toBe('2026-07-01T00:00:00+02:00\n');
});

test(`random graphs with arrays and frames go into the page and back as they were (${GRAPHS})`, async ({
  page,
  lab
}) => {
  test.setTimeout(240_000 + GRAPHS * 200);
  await openLab(page, lab.pageUrl('lab?reset'));
  await packagesFrom(page, WHEELS);
  await openLab(page, lab.pageUrl('lab?reset'));
  await startLocalKernel(page, 'local.ipynb');
  await startBrowserKernel(page, 'browser.ipynb');
  await runCode(page, 'browser.ipynb', 'import numpy, pandas');
  await graphsGoRound(page, 'local.ipynb', 'browser.ipynb', 'portable');
});
