import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IStateSources } from '@jupyterlab-runtimes/core';

/** The Python package that goes into kernels: one small file of the labextension, fetched
 *  when variables move for the first time. */
export class StateSources {
  /** @param _url The labextension's `static/state/sources.json`. */
  constructor(
    private readonly _url: string,
    private readonly _fetch: (url: string, init?: RequestInit) => Promise<Response>
  ) {}

  /** @throws RuntimeError UNREACHABLE (retryable) | START_FAILED */
  async load(): Promise<IStateSources> {
    this._loading ??= this._ask();
    try {
      return await this._loading;
    } catch (error) {
      this._loading = null;
      throw error;
    }
  }

  private async _ask(): Promise<IStateSources> {
    const response = await this._fetch(this._url, { cache: 'no-cache' }).catch((error: unknown) => {
      throw new RuntimeError(
        'UNREACHABLE',
        'Variables can not be moved now, because the Jupyter Server does not answer. Check that it is running, and try again.',
        { cause: error }
      );
    });
    if (!response.ok) {
      throw new RuntimeError(
        'START_FAILED',
        `What moves variables is not there (${this._url} answered ${response.status}). Install jupyterlab-runtimes again.`
      );
    }
    return (await response.json()) as IStateSources;
  }

  private _loading: Promise<IStateSources> | null = null;
}
