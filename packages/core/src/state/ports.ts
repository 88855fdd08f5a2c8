/** What moving states needs from page, service or command line. */
import type { IManifestFile } from './manifest.js';

/** Bytes by digest, and manifests by id. One store belongs to one owner. */
export interface ISnapshotStore {
  /** Which of these chunks are here, whole. */
  has(digests: readonly string[]): Promise<ReadonlySet<string>>;
  /** @throws RuntimeError SNAPSHOT_NOT_FOUND */
  read(digest: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Keep a chunk; its digest has been checked.
   *  @throws RuntimeError DISK_FULL */
  write(digest: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Keep a manifest, after all of its chunks: from then on the snapshot is there. */
  putManifest(manifest: IManifestFile): Promise<void>;
  /** @throws RuntimeError SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT */
  getManifest(id: string): Promise<IManifestFile>;
  /** Ids, the latest first. */
  listManifests(): Promise<readonly string[]>;
  /** Remove a manifest, and the chunks that no other one names, nor one that is being brought. */
  remove(id: string): Promise<void>;
  /** Do what brings chunks, and at last the manifest that names them: meanwhile nothing takes chunks away. Where there is
   *  no such call, the store looks after that by itself. */
  bring?<T>(work: () => Promise<T>): Promise<T>;
}

/** Signs and verifies where the keys are: a server, a service, or the page for what rests in the page. */
export interface ISigner {
  /** @returns The manifest's bytes with a signature line. */
  sign(manifest: IManifestFile): Promise<IManifestFile>;
  /** `own`: signed with a key of one's own; `foreign`: by nobody who is known here.
   *  @throws RuntimeError SNAPSHOT_CORRUPT when a known key's signature does not fit. */
  verify(manifest: IManifestFile): Promise<'own' | 'foreign'>;
}

/** SHA-256, lower-case hexadecimal. */
export type Sha256 = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
