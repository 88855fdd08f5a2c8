/** The calls of a runtime service about snapshots: rows, files, and chunks one by one. */
import { CHUNK_TYPE as BYTES_TYPE, MANIFEST_TYPE } from '../contract/parcel.js';
import { runtimePath } from '../contract/paths.js';
import {
  SNAPSHOT_FILE_TYPE,
  type IRestoreReport,
  type IRestoreRequest,
  type ISnapshotChange,
  type ISnapshotRequest,
  type ISnapshotResource
} from '../contract/snapshot.js';
import { Calls, type ICallOptions } from './calls.js';
import { unreachable, type IRequest, type IServiceAddress } from './request.js';

/** A capture may wait for a cell, and a file may be large: the caller's signal ends them. */
const NO_TIMEOUT = 0;
/** So many digests go into one question. */
const DIGESTS = 10_000;

export interface IBroughtSnapshot extends ICallOptions {
  readonly name?: string;
  readonly description?: string;
}

/** Rejects as RuntimesClient does. */
export class SnapshotsClient {
  constructor(private readonly _address: IServiceAddress) {
    this._calls = new Calls(_address);
  }

  /** Oldest first.
   *  @param options.runtimeId Only those of this runtime. */
  async list(
    options: ICallOptions & { readonly runtimeId?: string } = {}
  ): Promise<ISnapshotResource[]> {
    const { runtimeId, ...rest } = options;
    const query: Record<string, string> = runtimeId === undefined ? {} : { runtime_id: runtimeId };
    return this._calls.pages<ISnapshotResource>({ path: '/snapshots', query, ...rest });
  }

  async get(id: string, options: ICallOptions = {}): Promise<ISnapshotResource> {
    return this._calls.json({ path: snapshotPath(id), ...options });
  }

  /** Keep the state of a running runtime, which goes on; resolves when it is stored and verified.
   *  @throws RuntimeError NOT_RUNNING | CAPTURE_FAILED (retryable) | QUOTA_EXCEEDED | DISK_FULL */
  async take(
    runtimeId: string,
    body: ISnapshotRequest,
    options: ICallOptions = {}
  ): Promise<ISnapshotResource> {
    const path = `${runtimePath(runtimeId)}/snapshots`;
    return this._calls.json({ method: 'POST', path, body, timeoutMs: NO_TIMEOUT, ...options });
  }

  /** Load a snapshot into a running runtime of the service.
   *  @throws RuntimeError SNAPSHOT_UNTRUSTED when it brings code that nobody accepted | SNAPSHOT_CORRUPT */
  async restore(
    runtimeId: string,
    body: IRestoreRequest,
    options: ICallOptions = {}
  ): Promise<IRestoreReport> {
    const path = `${runtimePath(runtimeId)}/restore`;
    return this._calls.json({ method: 'POST', path, body, timeoutMs: NO_TIMEOUT, ...options });
  }

  async change(
    id: string,
    body: ISnapshotChange,
    options: ICallOptions = {}
  ): Promise<ISnapshotResource> {
    return this._calls.json({ method: 'PATCH', path: snapshotPath(id), body, ...options });
  }

  async remove(id: string, options: ICallOptions = {}): Promise<void> {
    return this._calls.done({ method: 'DELETE', path: snapshotPath(id), ...options });
  }

  /** The whole of it, as one `.jrs` file. */
  async export(id: string, options: ICallOptions = {}): Promise<Blob> {
    return this._calls.send(exportOf(id, options), response => response.blob());
  }

  /** The same in pieces as they come, for what does not fit into memory. */
  async exportStream(
    id: string,
    options: ICallOptions = {}
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const body = await this._calls.send(exportOf(id, options), async response => response.body);
    if (!body) {
      throw unreachable(this._address.label ?? this._address.baseUrl);
    }
    return body;
  }

  /** Keep what a `.jrs` file brings; every byte of it is checked.
   *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | QUOTA_EXCEEDED | DISK_FULL */
  async import(file: Blob, options: IBroughtSnapshot = {}): Promise<ISnapshotResource> {
    const { signal } = options;
    return this._calls.json({
      method: 'POST',
      path: '/snapshots:import',
      query: queryOf(options),
      text: { type: SNAPSHOT_FILE_TYPE, content: file },
      timeoutMs: NO_TIMEOUT,
      signal
    });
  }

  /** The manifest's bytes, with its signatures. */
  async manifest(id: string, options: ICallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this._bytes({ path: `${snapshotPath(id)}/manifest`, ...options });
  }

  /** Keep a snapshot whose chunks are there.
   *  @param options.isOwn It comes from a kernel of the user's: the service signs it. */
  async add(
    manifest: Uint8Array<ArrayBuffer>,
    options: IBroughtSnapshot & { readonly isOwn?: boolean } = {}
  ): Promise<ISnapshotResource> {
    const { isOwn, signal } = options;
    return this._calls.json({
      method: 'POST',
      path: '/snapshots',
      query: { ...queryOf(options), ...(isOwn ? { own: 'true' } : {}) },
      text: { type: MANIFEST_TYPE, content: manifest },
      signal
    });
  }

  /** Which of these chunks the service does not have. */
  async missing(
    digests: readonly string[],
    options: ICallOptions = {}
  ): Promise<ReadonlySet<string>> {
    const missing: string[] = [];
    for (let at = 0; at < digests.length; at += DIGESTS) {
      const body = { digests: digests.slice(at, at + DIGESTS) };
      const answer = await this._calls.json<{ missing: string[] }>({
        ...{ method: 'POST', path: '/chunks:missing', body },
        ...options
      });
      missing.push(...answer.missing);
    }
    return new Set(missing);
  }

  async chunk(digest: string, options: ICallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this._bytes({ path: `/chunks/${digest}`, ...options });
  }

  async putChunk(
    digest: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: ICallOptions = {}
  ): Promise<void> {
    const text = { type: BYTES_TYPE, content: bytes };
    return this._calls.done({ method: 'PUT', path: `/chunks/${digest}`, text, ...options });
  }

  private _bytes(options: IRequest): Promise<Uint8Array<ArrayBuffer>> {
    return this._calls.send(
      options,
      async response => new Uint8Array(await response.arrayBuffer())
    );
  }

  private readonly _calls: Calls;
}

function snapshotPath(id: string): string {
  return `/snapshots/${encodeURIComponent(id)}`;
}

const exportOf = (id: string, options: ICallOptions): IRequest => ({
  path: `${snapshotPath(id)}/export`,
  timeoutMs: NO_TIMEOUT,
  ...options
});

function queryOf({ name, description }: IBroughtSnapshot): Record<string, string> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description })
  };
}
