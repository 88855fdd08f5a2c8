/** A store as a place where chunks come from, and as one where they go. */
import { RuntimeError } from '../errors.js';
import type { IResumableSink } from './kernelChunks.js';
import type { Manifest } from './manifest.js';
import type { ISnapshotStore, Sha256 } from './ports.js';
import type { IChunkSource } from './pump.js';

/** Reads a chunk once for all of its pieces, which come one after the other. */
export function storeSource(store: ISnapshotStore, sha256: Sha256): IChunkSource {
  let current = '';
  let reading: Promise<Uint8Array<ArrayBuffer>> = Promise.resolve(new Uint8Array(0));
  return {
    read: async (digest, offset, length) => {
      if (digest !== current) {
        current = digest;
        reading = readChecked(store, digest, sha256);
      }
      // A copy: whoever sends it may hand its memory over.
      return (await reading).slice(offset, offset + length);
    }
  };
}

/** Gathers a chunk's pieces, and keeps it once its digest fits. */
export function storeSink(
  store: ISnapshotStore,
  { chunks }: Pick<Manifest, 'chunks'>,
  sha256: Sha256
): IResumableSink {
  const sizes = new Map(chunks.map(({ digest, size }) => [digest, size]));
  const parts = new Map<string, { bytes: Uint8Array<ArrayBuffer>; have: number }>();
  return {
    missing: async () => {
      // Begun chunks begin again: only whole ones are kept.
      parts.clear();
      const here = await store.has([...sizes.keys()]);
      return [...sizes.keys()]
        .filter(digest => !here.has(digest))
        .map(digest => ({ digest, offset: 0 }));
    },
    write: async (digest, offset, piece) => {
      const size = sizes.get(digest) ?? 0;
      const part = parts.get(digest) ?? { bytes: new Uint8Array(size), have: 0 };
      parts.set(digest, part);
      part.bytes.set(piece, offset);
      part.have += piece.length;
      if (part.have < size) {
        return;
      }
      parts.delete(digest);
      if ((await sha256(part.bytes)) !== digest) {
        throw corrupt();
      }
      await store.write(digest, part.bytes);
    }
  };
}

async function readChecked(
  store: ISnapshotStore,
  digest: string,
  sha256: Sha256
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await store.read(digest);
  if ((await sha256(bytes)) !== digest) {
    throw corrupt();
  }
  return bytes;
}

function corrupt(): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    'A part of the snapshot has other bytes than when it was made: use another snapshot.'
  );
}
