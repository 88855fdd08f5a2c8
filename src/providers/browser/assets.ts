import { RuntimeError } from '@jupyterlab-runtimes/core';

/** Where the files are that scripts/build-worker.mjs made. Their folder is named by their
 *  contents, so that a browser keeps them; this small file says which folder. */
export class WorkerAssets {
  /** @param baseUrl Folder of index.json; ends with a slash. */
  constructor(
    private readonly _baseUrl: string,
    private readonly _fetch: (url: string, init?: RequestInit) => Promise<Response>
  ) {}

  /** The folder's URL, with a slash at its end; '' before `locate`. */
  get current(): string {
    return this._current;
  }

  /** @throws RuntimeError UNREACHABLE (retryable) | START_FAILED */
  async locate(): Promise<void> {
    this._current ||= await this._ask();
  }

  private async _ask(): Promise<string> {
    const url = `${this._baseUrl}index.json`;
    const response = await this._fetch(url, { cache: 'no-cache' }).catch((error: unknown) => {
      throw new RuntimeError(
        'UNREACHABLE',
        'The browser runtime could not be loaded, because the Jupyter Server does not answer. Check that it is running, and try again.',
        { cause: error }
      );
    });
    if (!response.ok) {
      throw new RuntimeError(
        'START_FAILED',
        `The browser runtime's files are not there (${url} answered ${response.status}). Install jupyterlab-runtimes again.`
      );
    }
    const { version } = (await response.json()) as { version: string };
    return `${this._baseUrl}${version}/`;
  }

  private _current = '';
}
