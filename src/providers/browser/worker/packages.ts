import type { loadPyodide, PyodideInterface } from 'pyodide';

import type { IWorkerOptions } from '../protocol';
import type { IEmscriptenFS } from './emscripten';

interface ILock {
  info?: object;
  packages: Record<string, unknown>;
}

type LoadOptions = NonNullable<Parameters<typeof loadPyodide>[0]>;

/** Where packages that are not in our archive come from. */
export class PackageSource {
  constructor(options: IWorkerOptions) {
    this._assetsUrl = options.assetsUrl;
    this._sourceUrl = options.packageSource && withSlash(options.packageSource);
  }

  /** What micropip shall ask; null for its own default. */
  get indexUrl(): string | null {
    return this._sourceUrl;
  }

  /** Add what Pyodide needs to find packages. */
  configure(options: LoadOptions): LoadOptions {
    if (this._sourceUrl) {
      return {
        ...options,
        lockFileContents: this._readLock(this._sourceUrl),
        packageBaseUrl: this._sourceUrl
      };
    }
    // Pyodide knows where its distribution is published, and puts that into
    // `cdnUrl` as long as `packageBaseUrl` is not set: be the one while asked for the other.
    const source = {
      ...options,
      lockFileContents: this._fetchText(`${this._assetsUrl}pyodide-lock.json`)
    };
    Object.defineProperty(source, 'packageBaseUrl', {
      enumerable: true,
      get(this: { cdnUrl?: string }) {
        return this.cdnUrl;
      },
      set() {
        /* it stays what it is */
      }
    });
    return source;
  }

  /** What the archive brought is there: an import of it must not fetch it. */
  markLoaded(pyodide: PyodideInterface, site: string): void {
    const FS = pyodide.FS as unknown as IEmscriptenFS & { readdir(path: string): string[] };
    for (const entry of FS.readdir(site)) {
      const name = /^(.+)-[^-]+\.dist-info$/.exec(entry)?.[1];
      if (name) {
        pyodide.loadedPackages[name.toLowerCase().replace(/[-_.]+/g, '-')] = 'jupyterlab-runtimes';
      }
    }
  }

  /** The source's own list of packages, or none: then `%pip` alone finds them. */
  private async _readLock(url: string): Promise<string> {
    const own = JSON.parse(await this._fetchText(`${this._assetsUrl}pyodide-lock.json`)) as ILock;
    const response = await fetch(`${url}pyodide-lock.json`).catch(() => null);
    if (!response?.ok) {
      return JSON.stringify(own);
    }
    return JSON.stringify({ info: own.info, ...((await response.json()) as ILock) });
  }

  private async _fetchText(url: string): Promise<string> {
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`${url} answered ${response.status}`);
    }
    return response.text();
  }

  private readonly _assetsUrl: string;
  private readonly _sourceUrl: string | null;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
