/** Move what is missing; after a lost connection ask again what that is. */
import { RuntimeError } from '../errors.js';
import type { IResumableSink } from './kernelChunks.js';
import { totalBytes, type Manifest } from './manifest.js';
import type { IMissingChunk } from './ops.js';
import type { IStateOptions } from './progress.js';
import { pump, type IChunkMover } from './pump.js';

/** So many rounds without one more byte are the end. */
const FRUITLESS_ROUNDS = 5;

/** @param sink Where `mover` brings it.
 *  @throws RuntimeError what stopped it for good. */
export async function pumpUntilThere(
  mover: IChunkMover,
  sink: Pick<IResumableSink, 'missing'>,
  options: IStateOptions & { readonly manifest: Manifest }
): Promise<void> {
  const { manifest, signal, onProgress } = options;
  const sizes = new Map(manifest.chunks.map(({ digest, size }) => [digest, size]));
  const total = totalBytes(manifest);
  for (let fruitless = 0, arrived = -1; ;) {
    const missing = await sink.missing({ signal });
    let bytes = total - remaining(missing, sizes);
    fruitless = bytes > arrived ? 0 : fruitless + 1;
    arrived = bytes;
    onProgress?.({ stage: 'move', bytes, totalBytes: total });
    if (missing.length === 0) {
      return;
    }
    if (fruitless > FRUITLESS_ROUNDS) {
      throw new RuntimeError(
        'SNAPSHOT_NOT_FOUND',
        'What arrives does not stay where it is put, as when storage is cleared meanwhile: check the storage, then begin again.'
      );
    }
    try {
      await pump(missing, mover, {
        sizes,
        signal,
        onBytes: count => {
          bytes += count;
          onProgress?.({ stage: 'move', bytes, totalBytes: total });
        }
      });
    } catch (error) {
      if (!isResumable(error) || fruitless >= FRUITLESS_ROUNDS) {
        throw error;
      }
    }
  }
}

function remaining(missing: readonly IMissingChunk[], sizes: ReadonlyMap<string, number>): number {
  return missing.reduce((sum, { digest, offset }) => sum + (sizes.get(digest) ?? 0) - offset, 0);
}

/** A lost connection, and what it leaves behind: a piece whose predecessor did not come. */
function isResumable(error: unknown): boolean {
  return (
    error instanceof RuntimeError &&
    (error.code === 'UNREACHABLE' || error.code === 'INVALID_REQUEST')
  );
}
