import type { IUploadRequest, UploadAnswer } from '../protocol';
import type { IEmscriptenFS, IFSNode } from './emscripten';
import type { ServerRequests } from './requests';

/** A part of a parcel, of the extension or of a service behind it. */
const PART_PATH = /^(?:services\/[^/?#]+\/api\/runtimes\/v1\/)?parcels\/\w+\/chunks\/[0-9a-f]{64}$/;
/** Whoever waits longer asks what has come, and sends the rest again. */
const TIMEOUT_MS = 30_000;

/** Sends files of Python's to parcels, from memory that is not WebAssembly's: Python has no part in it. */
export class Uploads {
  /** @param _baseUrl `jupyterlab-runtimes/` on the user's Jupyter Server; ends with a slash. */
  constructor(
    private readonly _FS: Pick<IEmscriptenFS, 'lookupPath'>,
    private readonly _baseUrl: string,
    private readonly _requests: Pick<ServerRequests, 'headers'>
  ) {}

  /** @throws DOMException AbortError: it was stopped. */
  async send(id: number, request: IUploadRequest): Promise<UploadAnswer> {
    const url = new URL(request.path, this._baseUrl).href;
    // Nothing was resolved away: the credentials stay on this server, and with parcels.
    if (!PART_PATH.test(request.path) || url !== `${this._baseUrl}${request.path}`) {
      return { refused: 'FORBIDDEN' };
    }
    const body = this._view(request.file);
    if (!body) {
      return { refused: 'SNAPSHOT_NOT_FOUND' };
    }
    const stop = new AbortController();
    this._underWay.set(id, stop);
    try {
      const response = await fetch(url, {
        method: request.method,
        headers: { ...request.headers, ...this._requests.headers },
        body,
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(TIMEOUT_MS)])
      });
      return { status: response.status, body: await response.arrayBuffer() };
    } catch {
      stop.signal.throwIfAborted();
      return { status: 0, body: new ArrayBuffer(0) };
    } finally {
      this._underWay.delete(id);
    }
  }

  /** A no-op for what is over. */
  stop(id: number): void {
    this._underWay.get(id)?.abort();
  }

  /** @returns null where the file, in Emscripten's own memory, has not these bytes. */
  private _view({ path, offset, length }: IUploadRequest['file']): Uint8Array<ArrayBuffer> | null {
    let node: IFSNode;
    try {
      ({ node } = this._FS.lookupPath(path));
    } catch {
      // Of a class of Emscripten's own: there is no such file.
      return null;
    }
    const { contents, usedBytes = 0 } = node;
    const end = offset + length;
    return contents && end <= usedBytes ? contents.subarray(offset, end) : null;
  }

  private readonly _underWay = new Map<number, AbortController>();
}
