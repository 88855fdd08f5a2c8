import {
  captureTo,
  parseManifest,
  restoreFrom,
  RuntimeError,
  webSha256
} from '@jupyterlab-runtimes/core';
import type {
  IManifestFile,
  IRestoredSnapshot,
  ISigner,
  ISnapshotResource,
  ISnapshotStore,
  IStateOptions,
  KernelPort,
  SnapshotsClient
} from '@jupyterlab-runtimes/core';
import { UUID } from '@lumino/coreutils';

import { openJrs } from '../../stores/jrsBlob';
import type { ISnapshotEntry, ISnapshotLoad, ISnapshotShelf } from '../../tokens';
import { snapshotChoiceOf } from './detail';

type About = Parameters<ISnapshotShelf['capture']>[1];

/** The snapshots that one runtime service keeps: it signs what it takes, and what it is given as the user's own. */
export class RemoteShelf implements ISnapshotShelf {
  constructor(
    private readonly _client: SnapshotsClient,
    private readonly _list: (options: { signal?: AbortSignal }) => Promise<ISnapshotResource[]>
  ) {}

  async list(options: { signal?: AbortSignal } = {}): Promise<readonly ISnapshotEntry[]> {
    return (await this._list(options)).map(entryOf).reverse();
  }

  async take(
    runtimeId: string,
    { name }: { readonly name: string },
    { names, signal }: { readonly names?: readonly string[]; signal?: AbortSignal }
  ): Promise<ISnapshotEntry> {
    const body = { name, ...(names === undefined ? {} : { names: [...names] }) };
    return entryOf(await this._client.take(runtimeId, body, { signal }));
  }

  async capture(
    source: KernelPort,
    about: About,
    options: IStateOptions & { readonly names?: readonly string[]; readonly now?: boolean }
  ): Promise<ISnapshotEntry> {
    let added: ISnapshotResource | undefined;
    const store = this._store(async ({ bytes }) => {
      added = await this._client.add(bytes, {
        name: about.name,
        description: about.runtimeName,
        isOwn: true
      });
    });
    // The service signs it when it is added.
    const signer: ISigner = { sign: async manifest => manifest, verify: async () => 'own' };
    await captureTo(store, source, { ...options, signer, sha256: webSha256, randomId });
    if (added === undefined) {
      throw new RuntimeError('CAPTURE_FAILED', `The snapshot of ${source.name} was not kept.`);
    }
    return entryOf(added);
  }

  async load(id: string, target: KernelPort, options: ISnapshotLoad): Promise<IRestoredSnapshot> {
    const isOwn = (await this.list(options)).find(entry => entry.id === id)?.isOwn ?? false;
    const signer: ISigner = {
      sign: async manifest => manifest,
      // It is the service that has verified it.
      verify: async () => (isOwn ? 'own' : 'foreign')
    };
    return restoreFrom(this._store(), id, target, {
      ...options,
      signer,
      sha256: webSha256,
      randomId
    });
  }

  async change(id: string, change: { name?: string; description?: string }): Promise<void> {
    await this._client.change(id, change);
  }

  async remove(id: string): Promise<void> {
    await this._client.remove(id);
  }

  async manifest(id: string): Promise<IManifestFile> {
    return parseManifest(await this._client.manifest(id));
  }

  export(id: string): Promise<Blob> {
    return this._client.export(id);
  }

  async import(
    file: Blob,
    { name, isOwn = false }: { readonly name: string; readonly isOwn?: boolean }
  ): Promise<ISnapshotEntry> {
    if (!isOwn) {
      return entryOf(await this._client.import(file, { name }));
    }
    // Chunk by chunk: then it is the user who says whose it is, and the service signs it.
    const { manifest, chunk } = await openJrs(file);
    const { chunks } = manifest.content;
    const missing = await this._client.missing(chunks.map(({ digest }) => digest));
    for (const [index, { digest }] of chunks.entries()) {
      if (missing.has(digest)) {
        await this._client.putChunk(digest, await chunk(index));
      }
    }
    return entryOf(await this._client.add(manifest.bytes, { name, isOwn }));
  }

  /** The service's chunks; ids are the service's own. */
  private _store(
    putManifest: (manifest: IManifestFile) => Promise<void> = async () => undefined
  ): ISnapshotStore {
    const client = this._client;
    return {
      has: async digests => {
        const missing = await client.missing(digests);
        return new Set(digests.filter(digest => !missing.has(digest)));
      },
      read: digest => client.chunk(digest),
      write: (digest, bytes) => client.putChunk(digest, bytes),
      putManifest,
      getManifest: id => this.manifest(id),
      listManifests: async () => (await this.list()).map(({ id }) => id),
      remove: id => client.remove(id)
    };
  }
}

const randomId = (): string => UUID.uuid4();

function entryOf(snapshot: ISnapshotResource): ISnapshotEntry {
  return {
    ...snapshotChoiceOf(snapshot),
    description: snapshot.description,
    kind: snapshot.kind,
    isOwn: snapshot.verified,
    midCell: snapshot.mid_cell,
    skipped: snapshot.skipped
  };
}
