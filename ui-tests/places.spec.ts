import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INotebookContent } from '@jupyterlab/nbformat';

import { sessions } from './fixtures/app';
import { expect, test } from './fixtures/lab';
import type { Page } from './fixtures/lab';
import {
  answerInput,
  cellOutput,
  cells,
  interrupt,
  kernelReady,
  openNotebook,
  pickRuntime,
  printed,
  runAll,
  save,
  startAll,
  waitForCells
} from './fixtures/notebook';
import type { Place } from './fixtures/notebook';
import { comparable } from './fixtures/outputs';
import type { ComparableCell } from './fixtures/outputs';

const NOTEBOOK = 'acceptance.ipynb';

/** In the order in which the notebook visits them. */
const PLACES = ['browser', 'local', 'remote'] as const satisfies readonly Place[];

/** A whole run has 12 MB to bring, and a Pyodide to start. */
test.setTimeout(240_000);

test('one notebook gives the same outputs in each place, switching by the picker', async ({
  page,
  lab
}) => {
  const path = lab.addNotebook(NOTEBOOK);
  await openNotebook(page, lab, path);
  await kernelReady(page, 'local');
  const outputs: Record<string, ComparableCell[]> = {};
  const sessionIds = new Set<string>();

  for (const place of PLACES) {
    await pickRuntime(page, place);
    await kernelReady(page, place);
    outputs[place] = await runAcceptance(page);
    // Other specs share the server, and may have left sessions of their own.
    for (const session of await sessions(page)) {
      if (session.path === path) {
        sessionIds.add(session.id);
      }
    }
  }

  expect(expectedShape(outputs.local)).toEqual([]);
  expect(outputs.browser).toEqual(outputs.local);
  expect(outputs.remote).toEqual(outputs.local);
  expect(sessionIds.size).toBe(1);
});

for (const place of PLACES) {
  test(`nbconvert and papermill run a notebook that was saved from ${place}`, async ({
    page,
    lab
  }) => {
    const path = lab.addNotebook('hello.ipynb', `from-${place}.ipynb`);
    await openNotebook(page, lab, path);
    await kernelReady(page, 'local');
    await pickRuntime(page, place);
    await kernelReady(page, place);
    await runAll(page);
    await save(page);

    const file = join(lab.notebooks, path);
    const { metadata } = JSON.parse(readFileSync(file, 'utf8')) as INotebookContent;
    expect(metadata.kernelspec?.name).toBe('python3');
    expect(JSON.stringify(metadata)).not.toMatch(/https?:|token|[0-9a-f]{8}-[0-9a-f]{4}-/i);
    await lab.python('nbconvert', '--to=notebook', '--execute', '--output=converted', file);
    await lab.python('papermill', file, join(lab.folder, `papermill-${place}.ipynb`));
  });
}

/** Run all cells, answer the question and stop the loop on the way. */
async function runAcceptance(page: Page): Promise<ComparableCell[]> {
  await startAll(page);
  await answerInput(page, 'Ada');
  await expect.poll(async () => printed(await cellOutput(page, 'loop'))).toContain('ticking');
  await interrupt(page);
  await expect.poll(async () => printed(await cellOutput(page, 'loop'))).toContain('interrupted');
  await waitForCells(page);
  return comparable(await cells(page));
}

/** What is wrong with a run, whatever the place. */
function expectedShape(run: readonly ComparableCell[] | undefined): string[] {
  const silent = (run ?? []).filter(cell => cell.outputs.length === 0).map(cell => cell.id);
  return (run ?? []).length < 15 ? ['fewer than 15 cells ran'] : silent;
}
