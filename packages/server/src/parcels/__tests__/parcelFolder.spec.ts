import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chunkPath } from '../../state/verifyChunks.js';
import { ParcelFolder } from '../parcelFolder.js';

const SIZE = 3_000_001;

describe('chunks that arrive in ranges', () => {
  let folder: string;
  let bytes: Buffer;
  let digest: string;
  let parcel: ParcelFolder;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jlr-parcel-'));
    bytes = randomBytes(SIZE);
    digest = createHash('sha256').update(bytes).digest('hex');
    parcel = new ParcelFolder(folder, [{ digest, size: SIZE, length: SIZE, codec: 'raw' }]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function* piecesOf(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += 65_536) {
      yield bytes.subarray(at, Math.min(end, at + 65_536));
    }
  }

  it('are whole whatever their order is, and however many come at a time', async () => {
    const cuts = [0, 1, 700_000, 700_001, 1_500_000, 2_999_999, SIZE];
    const ranges = cuts.slice(1).map((end, index) => [cuts[index] ?? 0, end] as const);
    await Promise.all(
      [...ranges].reverse().map(([start, end]) => parcel.write(digest, start, piecesOf(start, end)))
    );
    expect(await parcel.missing()).toEqual([]);
    expect(readFileSync(chunkPath(folder, digest)).equals(bytes)).toBe(true);
    const { bytes: read } = await parcel.read(digest, { start: 5, end: 1_000_005 });
    expect(Buffer.concat(await read.toArray()).equals(bytes.subarray(5, 1_000_005))).toBe(true);
  });

  it('keep what had come when a connection broke', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* piecesOf(100_000, 1_400_000);
      throw new Error('aborted');
    }
    await expect(parcel.write(digest, 100_000, broken())).rejects.toThrow('aborted');
    expect(await parcel.missing()).toEqual([{ digest, have: [[100_000, 1_400_000]] }]);
    await parcel.write(digest, 0, piecesOf(0, 100_000));
    await parcel.write(digest, 1_400_000, piecesOf(1_400_000, SIZE));
    expect(readFileSync(chunkPath(folder, digest)).equals(bytes)).toBe(true);
  });

  it('are refused and forgotten when their bytes are others', async () => {
    const right = bytes;
    bytes = Buffer.from(bytes);
    bytes[2_000_000] ^= 1;
    await expect(parcel.write(digest, 0, piecesOf(0, SIZE))).rejects.toMatchObject({
      code: 'SNAPSHOT_CORRUPT'
    });
    expect(await parcel.missing()).toEqual([{ digest, have: [] }]);
    await expect(parcel.read(digest)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    bytes = right;
    await parcel.write(digest, 0, piecesOf(0, SIZE));
    expect(await parcel.missing()).toEqual([]);
  });

  it('are refused when they are longer than they may be, or of another parcel', async () => {
    await expect(parcel.write(digest, 1, piecesOf(0, SIZE))).rejects.toMatchObject({
      code: 'INVALID_REQUEST'
    });
    await expect(parcel.write('0'.repeat(64), 0, piecesOf(0, 1))).rejects.toMatchObject({
      code: 'INVALID_REQUEST'
    });
  });
});
