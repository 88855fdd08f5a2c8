/** Read every chunk of a capture, and compare its SHA-256. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  moveCancelled,
  RuntimeError,
  totalBytes,
  type IStateOptions,
  type Manifest
} from '@jupyterlab-runtimes/core';

/** Files that are read at a time. */
const LANES = 4;

/** What is wrong is removed: a capture after this one writes it anew.
 *  @throws RuntimeError SNAPSHOT_CORRUPT | CANCELLED */
export async function verifyChunks(
  folder: string,
  manifest: Pick<Manifest, 'chunks'>,
  { signal, onProgress }: IStateOptions = {}
): Promise<void> {
  const chunks = manifest.chunks.values();
  const total = totalBytes(manifest);
  let bytes = 0;
  const lane = async (): Promise<void> => {
    for (const { digest, size } of chunks) {
      if (signal?.aborted) {
        throw moveCancelled();
      }
      const found = await digestOf(chunkPath(folder, digest), size);
      if (found !== digest) {
        await rm(chunkPath(folder, digest), { force: true });
        throw corrupt(digest);
      }
      bytes += size;
      onProgress?.({ stage: 'verify', bytes, totalBytes: total });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Where a chunk of a store is. */
export const chunkPath = (folder: string, digest: string): string =>
  join(folder, 'chunks', digest.slice(0, 2), digest);

/** @returns undefined for a file that is not there, or has another size. */
async function digestOf(path: string, size: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  let count = 0;
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(part as Buffer);
      count += (part as Buffer).length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  return count === size ? hash.digest('hex') : undefined;
}

function corrupt(digest: string): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    `A part of the snapshot (${digest.slice(0, 12)}…) is missing or was changed on the disk: take it again, and check the disk.`
  );
}
