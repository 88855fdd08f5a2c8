/** Kernels in a page that is not isolated: only the interrupt of a computing cell is missing (see interrupts.spec.ts). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openLab } from './fixtures/app';
import { endKernels, runCode, startBrowserKernel } from './fixtures/kernel';
import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';

test.use({ labOptions: { isolation: false } });

let page: Page;

test.beforeAll(async ({ browser, lab }) => {
  page = await browser.newPage();
  await openLab(page, lab.pageUrl('lab?reset'));
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await startBrowserKernel(page, 'sub/a.ipynb');
});

test.afterAll(async () => {
  await endKernels(page);
  await page.close();
});

test('a cell asks, and goes on with the answer', async () => {
  const code = "name = input('name? ')\nprint('Hello', name)";
  const { text, reply } = await runCode(page, 'sub/a.ipynb', code, { answer: 'Zoë' });
  expect([reply.status, text]).toEqual(['ok', 'Hello Zoë\n']);
});

test('a cell that asks or awaits can be stopped', async () => {
  const asked = await runCode(page, 'sub/a.ipynb', "input('?')");
  expect(asked.reply).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
  const code = "import asyncio\nprint('go')\nawait asyncio.sleep(60)";
  const awaited = await runCode(page, 'sub/a.ipynb', code, { interruptWhen: 'go' });
  expect(awaited.reply).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
});

test('files of the server are read and written', async ({ lab }) => {
  mkdirSync(join(lab.notebooks, 'sub'), { recursive: true });
  writeFileSync(join(lab.notebooks, 'sub', 'in.txt'), 'from the server');
  const code = "open('out.txt', 'w').write(open('in.txt').read().upper())";
  expect((await runCode(page, 'sub/a.ipynb', code)).reply.status).toBe('ok');
  expect(readFileSync(join(lab.notebooks, 'sub', 'out.txt'), 'utf8')).toBe('FROM THE SERVER');
});
