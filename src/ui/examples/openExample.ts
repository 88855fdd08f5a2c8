/** Opening an environment's example: a copy of it, beside the user's own files. */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { exampleName } from './exampleName';

/** An example is a notebook, not a data set, bytes. */
const MAX_BYTES = 20 * 1024 * 1024;

export interface IOpenExamplePorts {
  readonly contents: Pick<Contents.IManager, 'get' | 'save'>;
  readonly fetch: typeof fetch;
  /** The folder that the user looks at. */
  readonly folder: () => string;
  /** Open a notebook with a kernel that is there. */
  readonly open: (path: string, kernelId: string | null) => Promise<void>;
  readonly trans: TranslationBundle;
}

/** @throws RuntimeError NOT_FOUND | UNREACHABLE (retryable) | INVALID_REQUEST */
export async function openExample(
  uri: string,
  kernelId: string | null,
  ports: IOpenExamplePorts
): Promise<void> {
  if (!/^https?:/.test(uri)) {
    // On the user's own server.
    await ports.open(uri.replace(/^file:\/*/, ''), kernelId);
    return;
  }
  const content = await download(rawUrl(uri), ports);
  const path = await freePath(PathExt.join(ports.folder(), exampleName(uri)), ports.contents);
  await ports.contents.save(path, { type: 'notebook', format: 'json', content });
  await ports.open(path, kernelId);
}

/** GitHub's page about a file, as the file itself. */
export function rawUrl(uri: string): string {
  return uri.replace(
    /^https:\/\/github\.com\/([^/]+\/[^/]+)\/blob\//,
    'https://raw.githubusercontent.com/$1/'
  );
}

async function download(url: string, { fetch, trans }: IOpenExamplePorts): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (!response.ok) {
      throw new Error(`HTTP ${response.status}`);
    }
    text = await response.text();
  } catch (error) {
    throw new RuntimeError(
      'UNREACHABLE',
      trans.__(
        'The example %1 can’t be fetched (%2): check the network, or download it yourself.',
        url,
        error instanceof Error ? error.message : String(error)
      ),
      { cause: error }
    );
  }
  try {
    const content: unknown = text.length > MAX_BYTES ? null : JSON.parse(text);
    if (Array.isArray((content as { cells?: unknown } | null)?.cells)) {
      return content;
    }
  } catch {
    // Said below: it is no notebook, whatever else it is.
  }
  throw new RuntimeError(
    'INVALID_REQUEST',
    trans.__('The example %1 is no notebook: ask whoever made the environment.', url)
  );
}

/** `intro.ipynb`, or `intro-1.ipynb` where that is taken. */
async function freePath(
  wanted: string,
  contents: IOpenExamplePorts['contents']
): Promise<string> {
  const ending = PathExt.extname(wanted) || '.ipynb';
  const stem = wanted.endsWith(ending) ? wanted.slice(0, -ending.length) : wanted;
  for (let count = 0; ; count++) {
    const path = `${stem}${count === 0 ? '' : `-${count}`}${ending}`;
    const isTaken = await contents.get(path, { content: false }).then(
      () => true,
      () => false
    );
    if (!isTaken) {
      return path;
    }
  }
}
