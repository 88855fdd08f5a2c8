/** Variables between a kernel in the page and one of the server, and snapshots in the browser's own files. */
import { openLab } from './fixtures/app';
import { GRAPHS, graphsGoRound } from './fixtures/graphs';
import {
  occupy,
  restartElsewhere,
  runCode,
  startBrowserKernel,
  startLocalKernel
} from './fixtures/kernel';
import { expect, test } from './fixtures/lab';
import { inPage, stateSources } from './fixtures/state';

test.setTimeout(240_000);

const MAKE = [
  'class Point:',
  '    def __init__(self, x): self.x = x',
  'def twice(n): return 2 * n',
  'p = Point(4)',
  'words = ["größe", {"a": (1, 2.5)}]; same = words'
].join('\n');
const LOOK = 'print(twice(p.x), type(p) is Point, words, same is words)';
const SHOWN = "8 True ['größe', {'a': (1, 2.5)}] True\n";
const NAMES = ['Point', 'twice', 'p', 'words', 'same'];

test('variables go from the server into the page and back, with functions and classes', async ({
  page,
  lab
}) => {
  const sources = stateSources();
  await openLab(page, lab.pageUrl('lab?reset'));
  await startLocalKernel(page, 'local.ipynb');
  await startLocalKernel(page, 'back.ipynb');
  await startBrowserKernel(page, 'browser.ipynb');
  await runCode(page, 'local.ipynb', MAKE);
  const there = await inPage(page, 'move', 'local.ipynb', 'browser.ipynb', NAMES, sources);
  expect(there).toMatchObject({ skipped: [], transport: 'messages' });
  expect((await runCode(page, 'browser.ipynb', LOOK)).text).toBe(SHOWN);
  const back = await inPage(page, 'move', 'browser.ipynb', 'back.ipynb', NAMES, sources);
  expect(back).toMatchObject({ skipped: [], transport: 'messages' });
  expect((await runCode(page, 'back.ipynb', LOOK)).text).toBe(SHOWN);
});

test(`random object graphs go into the page and back as they were (${GRAPHS})`, async ({
  page,
  lab
}) => {
  test.setTimeout(240_000 + GRAPHS * 80);
  await openLab(page, lab.pageUrl('lab?reset'));
  await startLocalKernel(page, 'local.ipynb');
  await startBrowserKernel(page, 'browser.ipynb');
  // With arrays and frames: libraries.spec.ts.
  await graphsGoRound(page, 'local.ipynb', 'browser.ipynb', 'none');
});

test('64 MB go into the page and back', async ({ page, lab }, testInfo) => {
  const sources = stateSources();
  await openLab(page, lab.pageUrl('lab?reset'));
  await startLocalKernel(page, 'local.ipynb');
  await startBrowserKernel(page, 'browser.ipynb');
  const digest = 'import hashlib; print(hashlib.md5(big).hexdigest())';
  await runCode(page, 'local.ipynb', 'import os; big = os.urandom(64_000_000)');
  const { text } = await runCode(page, 'local.ipynb', digest);
  const into = await inPage(page, 'move', 'local.ipynb', 'browser.ipynb', ['big'], sources);
  expect((await runCode(page, 'browser.ipynb', digest)).text).toBe(text);
  await runCode(page, 'local.ipynb', 'del big');
  const out = await inPage(page, 'move', 'browser.ipynb', 'local.ipynb', ['big'], sources);
  expect((await runCode(page, 'local.ipynb', digest)).text).toBe(text);
  const rate = (ms: number) => `${(64e3 / ms).toFixed(0)} MB/s`;
  testInfo.annotations.push({ type: 'into the page', description: rate(into.ms) });
  testInfo.annotations.push({ type: 'out of it', description: rate(out.ms) });
});

test('a page whose platform does not hash moves its big variables, too', async ({ page, lab }) => {
  const sources = stateSources();
  await openLab(page, lab.pageUrl('lab?reset'));
  await startLocalKernel(page, 'local.ipynb');
  await startBrowserKernel(page, 'browser.ipynb');
  const digest = 'import hashlib; print(hashlib.md5(big).hexdigest())';
  const make = [
    'import js, os',
    'big = b"".join(os.urandom(1_000_000) for _ in range(20))',
    // As in pages that came over plain HTTP.
    'js.eval("Object.defineProperty(crypto, \'subtle\', { value: undefined })")'
  ].join('\n');
  await runCode(page, 'browser.ipynb', make);
  const { text } = await runCode(page, 'browser.ipynb', digest);
  await inPage(page, 'move', 'browser.ipynb', 'local.ipynb', ['big'], sources);
  expect((await runCode(page, 'local.ipynb', digest)).text).toBe(text);
});

test('a kernel that somebody else restarts is not waited for', async ({ page, lab }) => {
  const sources = stateSources();
  await openLab(page, lab.pageUrl('lab?reset'));
  await startLocalKernel(page, 'local.ipynb');
  await startBrowserKernel(page, 'browser.ipynb');
  for (const [from, to] of [
    ['local.ipynb', 'browser.ipynb'],
    ['browser.ipynb', 'local.ipynb']
  ]) {
    await runCode(page, from, 'x = 1');
    await occupy(page, from);
    const moving = inPage(page, 'move', from, to, ['x'], sources).catch(String);
    await page.waitForTimeout(1000);
    await restartElsewhere(page, from);
    expect(await moving).toContain('ended or was restarted while its variables were being moved');
  }
});

test("a snapshot of a browser kernel rests in the browser's files, and outlives the page", async ({
  page,
  lab
}) => {
  const sources = stateSources();
  await openLab(page, lab.pageUrl('lab?reset'));
  await startBrowserKernel(page, 'browser.ipynb');
  await runCode(page, 'browser.ipynb', MAKE);
  const { id } = await inPage(page, 'keep', 'browser.ipynb', NAMES, sources);
  await openLab(page, lab.pageUrl('lab?reset'));
  await startBrowserKernel(page, 'new.ipynb');
  expect(await inPage(page, 'list')).toEqual([id]);
  const { restored } = await inPage(page, 'load', id, 'new.ipynb', sources);
  expect([...restored].sort()).toEqual([...NAMES].sort());
  expect((await runCode(page, 'new.ipynb', LOOK)).text).toBe(SHOWN);
  await inPage(page, 'remove', id);
  expect(await inPage(page, 'list')).toEqual([]);
});
