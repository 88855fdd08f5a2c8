/** Kernels in the page, where the page is isolated: what Python needs works as it does elsewhere. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openLab, sessions } from './fixtures/app';
import { endKernels, runCode, startBrowserKernel } from './fixtures/kernel';
import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import { packagesFrom, writeWheel } from './fixtures/packages';

/** Seen by a person as "at once", ms; a machine full of work takes its time over a traceback. */
const AT_ONCE_MS = 1500;

test('nothing of Python is loaded before a kernel is asked for, and nothing from elsewhere then', async ({
  page,
  lab
}) => {
  const urls: string[] = [];
  page.on('request', request => urls.push(request.url()));
  await openLab(page, lab.pageUrl('lab?reset'));
  expect(urls.filter(url => /pyodide|worker\.mjs|static\/browser/.test(url))).toEqual([]);
  await startBrowserKernel(page, 'a.ipynb');
  expect((await runCode(page, 'a.ipynb', 'print(6 * 7)')).text).toBe('42\n');
  const web = urls.filter(url => url.startsWith('http'));
  expect(web.filter(url => !url.startsWith(new URL(lab.url).origin))).toEqual([]);
});

test('packages come from the folder that the setting names, by import and by %pip', async ({
  page,
  lab
}) => {
  for (const name of ['alpha', 'beta']) {
    await writeWheel(join(lab.notebooks, 'wheels'), name, `where = '${name} from the folder'\n`);
  }
  await openLab(page, lab.pageUrl('lab?reset'));
  await packagesFrom(page, 'wheels');
  await openLab(page, lab.pageUrl('lab?reset'));
  await startBrowserKernel(page, 'a.ipynb');
  const { text } = await runCode(page, 'a.ipynb', 'import alpha\nprint(alpha.where)');
  expect(text).toContain('alpha from the folder');
  // By name, so that it is not an import that brings it.
  const code = "%pip install beta\nprint(__import__('beta').where)";
  expect((await runCode(page, 'a.ipynb', code)).text).toContain('beta from the folder');
});

test('%pip says so when a package does not arrive', async ({ page, lab }) => {
  // A network without Pyodide's own distribution, whatever this machine has.
  await page.context().route(
    url => url.origin !== new URL(lab.url).origin,
    route => route.abort()
  );
  await openLab(page, lab.pageUrl('lab?reset'));
  await startBrowserKernel(page, 'a.ipynb');
  const { reply } = await runCode(page, 'a.ipynb', '%pip install six');
  expect(reply).toMatchObject({ status: 'error' });
  expect(reply.evalue).toMatch(/six.*Package source/);
});

test.describe('in one page, with kernels of their own,', () => {
  let page: Page;

  test.beforeAll(async ({ browser, lab }) => {
    page = await browser.newPage();
    await openLab(page, lab.pageUrl('lab?reset'));
  });

  test.afterEach(() => endKernels(page));

  test.afterAll(() => page.close());

  test('an interrupt stops a loop, a sleep, an await and a question, and keeps the variables', async () => {
    await startBrowserKernel(page, 'a.ipynb');
    await runCode(page, 'a.ipynb', 'kept = 7');
    for (const code of [
      "print('go')\nwhile True: pass",
      "import time\nprint('go')\ntime.sleep(60)",
      "import asyncio\nprint('go')\nawait asyncio.sleep(60)",
      "input('go')"
    ]) {
      const stopped = await runCode(page, 'a.ipynb', code, { interruptWhen: 'go' });
      expect(stopped.reply).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
      expect(stopped.stoppedAfterMs).toBeLessThan(AT_ONCE_MS);
    }
    // Python looks at the interrupt byte often in a short loop: none may fall between two looks.
    for (let round = 0; round < 60; round++) {
      const code = "print('go')\nwhile True: pass";
      const { reply } = await runCode(page, 'a.ipynb', code, { interruptWhen: 'go', afterMs: 10 });
      expect(reply).toMatchObject({ ename: 'KeyboardInterrupt' });
    }
    expect((await runCode(page, 'a.ipynb', 'print(kept)')).text).toBe('7\n');
  });

  test("files of the server are read and written from the notebook's folder", async ({ lab }) => {
    const folder = join(lab.notebooks, 'data set');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'in.csv'), 'a,b\n1,2\n');
    await startBrowserKernel(page, 'data set/n.ipynb');
    const code = [
      'import csv, os, pathlib',
      "rows = list(csv.reader(open('in.csv')))",
      "pathlib.Path('out').mkdir()",
      "pathlib.Path('out/größe.txt').write_text(str(rows), encoding='utf-8')",
      "open('big.bin', 'wb').write(bytes(range(256)) * 80_000)",
      "print(os.getcwd(), sorted(os.listdir('.')), os.path.getsize('big.bin'))",
      "try: open('nope')",
      'except FileNotFoundError as error: print(error)'
    ].join('\n');
    const { text, reply } = await runCode(page, 'data set/n.ipynb', code);
    expect(reply).toMatchObject({ status: 'ok' });
    expect(text).toContain("/drive/data set ['big.bin', 'in.csv', 'out'] 20480000\n");
    expect(text).toContain('No such file or directory');
    expect(readFileSync(join(folder, 'out', 'größe.txt'), 'utf8')).toBe("[['a', 'b'], ['1', '2']]");
    const big = readFileSync(join(folder, 'big.bin'));
    expect([big.length, big[256 * 79_999 + 77]]).toEqual([20_480_000, 77]);
  });

  test('12 MB of output arrive whole', async () => {
    await startBrowserKernel(page, 'a.ipynb');
    const code = "for i in range(12): print(str(i % 10) * 1_000_000, end='')";
    const { text } = await runCode(page, 'a.ipynb', code);
    expect(text.length).toBe(12_000_000);
    expect([...new Set(text)].join('')).toBe('0123456789');
  });

  test('two kernels at once know nothing of each other', async () => {
    await startBrowserKernel(page, 'one.ipynb');
    await startBrowserKernel(page, 'two.ipynb');
    await runCode(page, 'one.ipynb', 'mine = 1');
    const busy = runCode(page, 'one.ipynb', "print('go')\nwhile True: pass", {
      interruptWhen: 'go'
    });
    const other = await runCode(page, 'two.ipynb', 'mine');
    expect(other.reply).toMatchObject({ status: 'error', ename: 'NameError' });
    await busy;
    expect((await runCode(page, 'one.ipynb', 'print(mine)')).text).toBe('1\n');
  });

  test('after a restart it is the same kernel without its variables', async () => {
    await startBrowserKernel(page, 'a.ipynb');
    await runCode(page, 'a.ipynb', 'x = 1');
    const before = await sessions(page);
    await page.evaluate(async () => {
      await window.testSessions?.get('a.ipynb')?.kernel?.restart();
    });
    expect((await runCode(page, 'a.ipynb', 'x')).reply).toMatchObject({ ename: 'NameError' });
    const after = await sessions(page);
    expect(after.map(({ kernel }) => kernel?.id)).toEqual(before.map(({ kernel }) => kernel?.id));
  });

  test('the kernel says what it is', async () => {
    await startBrowserKernel(page, 'a.ipynb');
    const info = await page.evaluate(() => window.testSessions?.get('a.ipynb')?.kernel?.info);
    const version = (
      await runCode(page, 'a.ipynb', 'import platform; print(platform.python_version())')
    ).text;
    expect(info?.language_info).toMatchObject({ name: 'python', version: version.trim() });
    expect(version).toMatch(/^3\.14\./);
  });
});
