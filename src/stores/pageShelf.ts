import {
  canonicalJson,
  captureTo,
  restoreFrom,
  RuntimeError,
  webSha256
} from '@jupyterlab-runtimes/core';
import type {
  IManifestFile,
  IRestoredSnapshot,
  ISigner,
  ISnapshotStore,
  IStateOptions,
  KernelPort
} from '@jupyterlab-runtimes/core';
import { UUID } from '@lumino/coreutils';

import type { ISnapshotEntry, ISnapshotLoad, ISnapshotShelf } from '../tokens';
import { openJrs, writeJrs } from './jrsBlob';

/** What is known of a snapshot beside its manifest. */
export interface ISnapshotNote {
  readonly name: string;
  readonly description: string;
  readonly kind: ISnapshotEntry['kind'];
  readonly runtimeName: string;
  readonly environmentName: string;
  readonly sizeBytes: number;
  readonly isOwn: boolean;
  /** The document whose state it is, for those that follow a notebook. */
  readonly path?: string;
}

/** Notes by the manifest's id, small enough to be kept whole. */
export interface INotes {
  get(): Readonly<Record<string, ISnapshotNote>>;
  set(notes: Readonly<Record<string, ISnapshotNote>>): void;
}

type About = Parameters<ISnapshotShelf['capture']>[1];
type CaptureOptions = Parameters<ISnapshotShelf['capture']>[2];

const randomId = (): string => UUID.uuid4();

/** The snapshots that rest in this browser. */
export class PageShelf implements ISnapshotShelf {
  constructor(
    private readonly _store: ISnapshotStore,
    private readonly _signer: ISigner,
    private readonly _notes: INotes
  ) {}

  async list(): Promise<readonly ISnapshotEntry[]> {
    const ids = await this._store.listManifests();
    const read = await Promise.allSettled(ids.map(id => this._store.getManifest(id)));
    const notes = this._notes.get();
    return read.flatMap(each =>
      // One that can't be read holds up no other.
      each.status === 'fulfilled' ? [entryOf(each.value, notes[each.value.content.id])] : []
    );
  }

  capture(source: KernelPort, about: About, options: CaptureOptions): Promise<ISnapshotEntry> {
    return this._capture(source, { ...about, description: '', kind: 'manual' }, options);
  }

  /** The state of a notebook as it goes: it takes the place of the one before. */
  async follow(
    source: KernelPort,
    about: About,
    path: string,
    options: IStateOptions = {}
  ): Promise<ISnapshotEntry> {
    const before = this.followed(path);
    const note = { ...about, description: '', kind: 'auto' as const, path };
    const entry = await this._capture(source, note, options);
    await Promise.all(before.map(id => this.remove(id)));
    return entry;
  }

  /** Ids of the snapshots that follow this document. */
  followed(path: string): string[] {
    return Object.entries(this._notes.get())
      .filter(([, note]) => note.kind === 'auto' && note.path === path)
      .map(([id]) => id);
  }

  async load(id: string, target: KernelPort, options: ISnapshotLoad): Promise<IRestoredSnapshot> {
    return restoreFrom(this._store, id, target, {
      ...options,
      signer: this._signer,
      sha256: webSha256,
      randomId
    });
  }

  async change(id: string, change: { name?: string; description?: string }): Promise<void> {
    const notes = this._notes.get();
    const note = notes[id] ?? noteOf(await this._store.getManifest(id));
    this._notes.set({ ...notes, [id]: { ...note, ...change } });
  }

  async remove(id: string): Promise<void> {
    await this._store.remove(id);
    this._notes.set(without(this._notes.get(), id));
  }

  manifest(id: string): Promise<IManifestFile> {
    return this._store.getManifest(id);
  }

  async export(id: string): Promise<Blob> {
    return writeJrs(await this._store.getManifest(id), digest => this._store.read(digest));
  }

  async import(file: Blob, { name }: { readonly name: string }): Promise<ISnapshotEntry> {
    const { manifest, chunk } = await openJrs(file);
    const { id } = manifest.content;
    const isOwn = (await this._signer.verify(manifest)) === 'own';
    const isKept = await this._isKept(manifest);
    await this._bring(async () => {
      await this._bringChunks(manifest, chunk);
      if (!isKept) {
        await this._store.putManifest(manifest);
      }
    });
    const note: ISnapshotNote = { ...noteOf(manifest), name, isOwn: isOwn || isKept };
    this._notes.set({ ...this._notes.get(), [id]: note });
    return entryOf(manifest, note);
  }

  /** Whether the very same snapshot is here as one's own: a copy of it must not take its place.
   *  @throws RuntimeError CONFLICT: another one is here under the same id, which anybody can give to a file. */
  private async _isKept(manifest: IManifestFile): Promise<boolean> {
    const { id } = manifest.content;
    if (!(await this._store.listManifests()).includes(id)) {
      return false;
    }
    const here = await this._store.getManifest(id).catch(() => undefined);
    if (!here) {
      // It can't be read, and so can't be used any more.
      return false;
    }
    if (canonicalJson(here.content) !== canonicalJson(manifest.content)) {
      throw new RuntimeError(
        'CONFLICT',
        'Another snapshot in this browser has the same id as this file, and is kept: the file was changed after it was made. Use another copy of it, or delete that snapshot first.'
      );
    }
    return (await this._signer.verify(here)) === 'own';
  }

  private async _bringChunks(
    { content }: IManifestFile,
    chunk: (index: number) => Promise<Uint8Array<ArrayBuffer>>
  ): Promise<void> {
    const here = await this._store.has(content.chunks.map(({ digest }) => digest));
    for (const [index, { digest }] of content.chunks.entries()) {
      const bytes = await chunk(index);
      // A damaged file is refused also where all of it is here already.
      if ((await webSha256(bytes)) !== digest) {
        throw new RuntimeError(
          'SNAPSHOT_CORRUPT',
          'The file is damaged: a part of it has other bytes than when it was made. Fetch it again.'
        );
      }
      if (!here.has(digest)) {
        await this._store.write(digest, bytes);
      }
    }
  }

  private _bring<T>(work: () => Promise<T>): Promise<T> {
    return this._store.bring ? this._store.bring(work) : work();
  }

  private async _capture(
    source: KernelPort,
    about: Omit<ISnapshotNote, 'sizeBytes' | 'isOwn'>,
    options: CaptureOptions
  ): Promise<ISnapshotEntry> {
    const { manifest, bytes } = await this._bring(() =>
      captureTo(this._store, source, {
        ...options,
        signer: this._signer,
        sha256: webSha256,
        randomId
      })
    );
    const note: ISnapshotNote = { ...about, sizeBytes: bytes, isOwn: true };
    this._notes.set({ ...this._notes.get(), [manifest.content.id]: note });
    return entryOf(manifest, note);
  }
}

/** Of a snapshot that nothing is noted of. */
function noteOf({ content }: IManifestFile): ISnapshotNote {
  return {
    name: content.created_at,
    description: '',
    kind: 'manual',
    runtimeName: '',
    environmentName: '',
    sizeBytes: content.chunks.reduce((sum, { size }) => sum + size, 0),
    isOwn: false
  };
}

function entryOf(manifest: IManifestFile, noted: ISnapshotNote | undefined): ISnapshotEntry {
  const { content } = manifest;
  const variables = content.graph.variables ?? [];
  const { name, description, kind, runtimeName, environmentName, sizeBytes, isOwn } =
    noted ?? noteOf(manifest);
  return {
    ...{ name, description, kind, runtimeName, environmentName, sizeBytes, isOwn },
    id: content.id,
    createdAt: content.created_at,
    variables: variables.filter(({ outcome }) => outcome !== 'skipped').length,
    midCell: content.mid_cell,
    skipped: variables
      .filter(({ outcome }) => outcome === 'skipped')
      .map(({ name, reason, remedy }) => ({ name, reason: reason ?? '', remedy: remedy ?? '' }))
  };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));
}

/** Notes in the browser's storage.
 *  @param key One for each Jupyter Server and user. */
export function storedNotes(storage: Storage, key: string): INotes {
  return {
    get: () => {
      try {
        return JSON.parse(storage.getItem(key) ?? '{}') as Record<string, ISnapshotNote>;
      } catch {
        // Names are lost with it, snapshots are not.
        return {};
      }
    },
    set: notes => {
      try {
        storage.setItem(key, JSON.stringify(notes));
      } catch (error) {
        throw new RuntimeError(
          'DISK_FULL',
          'The snapshot is kept in this browser, but there is no room left for its name: delete older snapshots, then rename this one.',
          { cause: error }
        );
      }
    }
  };
}
