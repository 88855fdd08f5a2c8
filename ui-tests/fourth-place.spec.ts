/** A fourth place is one plugin of a third party. */
import { sessions } from './fixtures/app';
import { buildFourthPlace, FOURTH_PLACE_EXTENSIONS, SecondServer } from './fixtures/fourthPlace';
import { expect, test } from './fixtures/lab';
import { kernelReady, openNotebook, pickRuntime, runAll, save } from './fixtures/notebook';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INotebookContent } from '@jupyterlab/nbformat';

test.setTimeout(120_000);

test.use({
  labOptions: {
    config: { LabApp: { extra_labextensions_path: [FOURTH_PLACE_EXTENSIONS] } }
  }
});

test.beforeAll(() => {
  buildFourthPlace();
});

test('a place that a test plugin registers is a place like the others', async ({ page, lab }) => {
  const server = await SecondServer.start(lab.folder);
  try {
    const { url, token } = server;
    await page.addInitScript(
      address => {
        window.localStorage.setItem('fourth-place', JSON.stringify(address));
      },
      { url, token }
    );
    const path = lab.addNotebook('hello.ipynb', 'fourth.ipynb');
    await openNotebook(page, lab, path);
    await kernelReady(page, 'local');
    const [before] = await sessions(page);
    await pickRuntime(page, 'fourth', { heading: 'Fourth place' });
    await kernelReady(page, 'fourth');
    await runAll(page);

    const [after] = await sessions(page);
    expect(after?.id).toBe(before?.id);
    expect(await server.kernelIds()).toEqual([after?.kernel?.id]);
    await page.getByRole('tab', { name: 'Runtimes' }).click();
    await expect(page.getByRole('rowgroup', { name: 'Fourth place' })).toContainText(
      'fourth.ipynb'
    );
    await save(page);
    const file = join(lab.notebooks, path);
    const { metadata } = JSON.parse(readFileSync(file, 'utf8')) as INotebookContent;
    expect(metadata.kernelspec?.name).toBe('python3');
    expect(metadata.runtimes).toEqual({
      place: 'remote',
      provider: 'fourth',
      environment: 'python3'
    });
  } finally {
    await server.end();
  }
});
