import { RuntimeError, type IManifestFile, type ISnapshotStore } from '@jupyterlab-runtimes/core';

import type { Page } from './page.js';

/** What rests in the browser: it is there when the page is gone. */
export class PageStore {
  readonly chunks = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly manifests = new Map<string, IManifestFile>();

  /** The id of the latest snapshot. */
  get latest(): string | undefined {
    return [...this.manifests.keys()].at(-1);
  }

  /** As one page has it. */
  for(page: Page): ISnapshotStore {
    const { chunks, manifests } = this;
    return {
      has: digests => page.does(async () => new Set(digests.filter(each => chunks.has(each)))),
      read: digest => page.does(async () => found(chunks.get(digest))),
      write: (digest, bytes) => page.does(async () => void chunks.set(digest, bytes)),
      putManifest: manifest =>
        page.does(async () => void manifests.set(manifest.content.id, manifest)),
      getManifest: id => page.does(async () => found(manifests.get(id))),
      listManifests: () => page.does(async () => [...manifests.keys()].reverse()),
      remove: id => page.does(async () => void manifests.delete(id))
    };
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new RuntimeError('SNAPSHOT_NOT_FOUND', 'This snapshot is not in this browser any more.');
  }
  return value;
}
