/** States in transit: of a runtime service, or, by the same calls, of the Jupyter Server extension. */
import {
  CHUNK_TYPE,
  MANIFEST_TYPE,
  type IParcel,
  type IParcelMissing,
  type IParcelRequest,
  type IParcelRestore,
  type IParcelSend,
  type IParcelTicket
} from '../contract/parcel.js';
import { API_BASE } from '../contract/paths.js';
import type { ICallOptions } from './calls.js';
import { request, type Fetch, type IRequest, type IServiceAddress } from './request.js';

/** How a parcel's folder is found by a kernel on the same machine. */
export type IParcelFolder = Pick<IParcel, 'id' | 'folder' | 'mark'>;

/** A part of a chunk; numbers are bytes, `size` is of the whole chunk. */
export interface IChunkPart {
  readonly digest: string;
  readonly start: number;
  readonly length: number;
  readonly size: number;
}

/** Rejects as RuntimesClient does. */
export class ParcelsClient {
  /** @param _base Path of the interface below the address. */
  constructor(
    private readonly _address: IServiceAddress,
    private readonly _base: string = API_BASE
  ) {}

  /** @throws RuntimeError NOT_FOUND where there are no parcels | NOT_RUNNING | QUOTA_EXCEEDED */
  create(body: IParcelRequest = {}, options: ICallOptions = {}): Promise<IParcel> {
    return this._json({ method: 'POST', path: '/parcels', body, ...options });
  }

  get(id: string, options: ICallOptions = {}): Promise<IParcel> {
    return this._json({ path: pathOf(id), ...options });
  }

  manifest(id: string, options: ICallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this._bytes({ path: `${pathOf(id)}/manifest`, ...options });
  }

  /** Say what belongs into it, or ask again what is missing. */
  describe(
    id: string,
    manifest: Uint8Array<ArrayBuffer>,
    options: ICallOptions = {}
  ): Promise<IParcelMissing> {
    const text = { type: MANIFEST_TYPE, content: manifest };
    return this._json({ method: 'PUT', path: `${pathOf(id)}/manifest`, text, ...options });
  }

  /** Bytes of a chunk. What came before a connection broke is kept.
   *  @param size Of the whole chunk.
   *  @throws RuntimeError SNAPSHOT_CORRUPT when the chunk is complete, and another */
  async write(
    id: string,
    digest: string,
    start: number,
    size: number,
    bytes: Uint8Array<ArrayBuffer>,
    options: ICallOptions = {}
  ): Promise<void> {
    const part = { digest, start, length: bytes.length, size };
    const text = { type: CHUNK_TYPE, content: bytes };
    await this._send({ ...writing(id, part), text, ...options }, async () => undefined);
  }

  /** The same, where somebody else has the bytes.
   *  @param send Gets the request without its body, and takes what time it needs. */
  async writeThrough(
    send: Fetch,
    id: string,
    part: IChunkPart,
    options: ICallOptions = {}
  ): Promise<void> {
    const { method, path, headers } = writing(id, part);
    const address = { ...this._address, fetch: send, timeoutMs: 0 };
    const asked = {
      ...{ method, path: `${this._base}${path}` },
      headers: { ...headers, 'Content-Type': CHUNK_TYPE },
      ...options
    };
    await request(address, asked, async () => undefined);
  }

  async read(
    id: string,
    digest: string,
    start: number,
    length: number,
    options: ICallOptions = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    const headers = { Range: `bytes=${start}-${start + length - 1}` };
    return this._bytes({ path: `${pathOf(id)}/chunks/${digest}`, headers, ...options });
  }

  restore(id: string, body: IParcelRestore, options: ICallOptions = {}): Promise<IParcel> {
    return this._json({ method: 'POST', path: `${pathOf(id)}/restore`, body, ...options });
  }

  /** What lets another service put its bytes here, and nothing else. */
  ticket(id: string, options: ICallOptions = {}): Promise<IParcelTicket> {
    return this._json({ method: 'POST', path: `${pathOf(id)}/ticket`, ...options });
  }

  /** Begin to send it to a parcel of another service.
   *  @throws RuntimeError FORBIDDEN: the operator has not named that service | CONFLICT: not all of it is there */
  send(id: string, body: IParcelSend, options: ICallOptions = {}): Promise<IParcel> {
    return this._json({ method: 'POST', path: `${pathOf(id)}/send`, body, ...options });
  }

  async remove(id: string, options: ICallOptions = {}): Promise<void> {
    await this._send({ method: 'DELETE', path: pathOf(id), ...options }, async () => undefined);
  }

  private _json<T>(options: IRequest): Promise<T> {
    return this._send(options, async response => (await response.json()) as T);
  }

  private _bytes(options: IRequest): Promise<Uint8Array<ArrayBuffer>> {
    return this._send(options, async response => new Uint8Array(await response.arrayBuffer()));
  }

  private _send<T>(options: IRequest, read: (response: Response) => Promise<T>): Promise<T> {
    return request(this._address, { ...options, path: `${this._base}${options.path}` }, read);
  }
}

function writing(id: string, { digest, start, length, size }: IChunkPart) {
  const last = Math.max(start, start + length - 1);
  return {
    method: 'PUT',
    path: `${pathOf(id)}/chunks/${digest}`,
    headers: { 'Content-Range': `bytes ${start}-${last}/${size}` }
  };
}

const pathOf = (id: string): string => `/parcels/${encodeURIComponent(id)}`;
