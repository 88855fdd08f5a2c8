/** Snapshots of a service: taken, named, restored, and as files. */
import { runtimePath } from '../contract/paths.js';
import {
  SNAPSHOT_FILE_TYPE,
  type IRestoreReport,
  type IRestoreRequest,
  type ISnapshotChange,
  type ISnapshotRequest,
  type ISnapshotResource
} from '../contract/snapshot.js';
import { unreachable } from './request.js';
import type { Calls, ICallOptions } from './calls.js';

/** Capturing, and moving a file, take as long as they take: the caller's signal ends the waiting. */
const NO_TIMEOUT = { timeoutMs: 0 };

export class SnapshotsClient {
  constructor(private readonly _calls: Calls) {}

  /** Oldest first.
   *  @param options.runtimeId Only those of this runtime. */
  async list(
    options: ICallOptions & { readonly runtimeId?: string } = {}
  ): Promise<ISnapshotResource[]> {
    const { runtimeId, ...rest } = options;
    const query = runtimeId === undefined ? undefined : { runtime_id: runtimeId };
    return this._calls.pages<ISnapshotResource>({ path: '/snapshots', query, ...rest });
  }

  async get(id: string, options: ICallOptions = {}): Promise<ISnapshotResource> {
    return this._calls.json({ path: pathOf(id), ...options });
  }

  /** Keep the state of a running runtime; resolves when it is stored and verified.
   *  @throws RuntimeError NOT_RUNNING | CAPTURE_FAILED (retryable) | QUOTA_EXCEEDED | DISK_FULL */
  async create(
    runtimeId: string,
    body: ISnapshotRequest = {},
    options: ICallOptions = {}
  ): Promise<ISnapshotResource> {
    const path = `${runtimePath(runtimeId)}/snapshots`;
    return this._calls.json({ method: 'POST', path, body, ...NO_TIMEOUT, ...options });
  }

  /** Load a snapshot into a running runtime.
   *  @throws RuntimeError SNAPSHOT_UNTRUSTED when it brings code that nobody accepted | SNAPSHOT_CORRUPT */
  async restore(
    runtimeId: string,
    body: IRestoreRequest,
    options: ICallOptions = {}
  ): Promise<IRestoreReport> {
    const path = `${runtimePath(runtimeId)}/restore`;
    return this._calls.json({ method: 'POST', path, body, ...NO_TIMEOUT, ...options });
  }

  async change(
    id: string,
    body: ISnapshotChange,
    options: ICallOptions = {}
  ): Promise<ISnapshotResource> {
    return this._calls.json({ method: 'PATCH', path: pathOf(id), body, ...options });
  }

  async delete(id: string, options: ICallOptions = {}): Promise<void> {
    return this._calls.done({ method: 'DELETE', path: pathOf(id), ...options });
  }

  /** The snapshot as one file, in pieces as they come. */
  async export(id: string, options: ICallOptions = {}): Promise<ReadableStream<Uint8Array>> {
    const body = await this._calls.send(
      { path: `${pathOf(id)}/export`, ...NO_TIMEOUT, ...options },
      async response => response.body
    );
    if (!body) {
      throw unreachable('that was asked');
    }
    return body;
  }

  /** Keep the snapshot that a file brings; every byte of it is checked.
   *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | QUOTA_EXCEEDED | DISK_FULL */
  async import(
    file: Blob,
    change: ISnapshotChange = {},
    options: ICallOptions = {}
  ): Promise<ISnapshotResource> {
    return this._calls.json({
      method: 'POST',
      path: '/snapshots:import',
      query: { ...change },
      bytes: { type: SNAPSHOT_FILE_TYPE, content: file },
      ...NO_TIMEOUT,
      ...options
    });
  }
}

const pathOf = (id: string): string => `/snapshots/${encodeURIComponent(id)}`;
