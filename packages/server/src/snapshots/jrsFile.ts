/** `.jrs` files: written as a stream, read from a file. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

import {
  HEAD_BYTES,
  jrsEnd,
  jrsHead,
  jrsLayout,
  notWhole,
  readEnds,
  readIndex,
  RuntimeError,
  TRAILER_BYTES,
  type IChunk,
  type Manifest
} from '@jupyterlab-runtimes/core';

import { readManifest } from './shelf.js';

/** More is no manifest, bytes. */
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/** The file's size, and its bytes one after the other.
 *  @param openChunk Opens a chunk as it is stored. */
export function writeJrs(
  manifest: Manifest,
  manifestBytes: Buffer,
  openChunk: (chunk: IChunk) => Promise<AsyncIterable<Uint8Array>>
): { size: number; bytes: AsyncIterable<Uint8Array> } {
  const layout = jrsLayout(manifest, manifestBytes.length);
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    yield jrsHead();
    let at = HEAD_BYTES;
    for (const { chunk, offset } of layout.chunks) {
      if (offset > at) {
        yield Buffer.alloc(offset - at);
      }
      for await (const part of await openChunk(chunk)) {
        yield part;
      }
      at = offset + chunk.size;
    }
    yield manifestBytes;
    yield jrsEnd(layout);
  }
  return { size: layout.size, bytes: bytes() };
}

/** A file whose ends and manifest have been checked; its chunks have not. */
export interface IJrsFile {
  readonly manifest: Manifest;
  readonly manifestBytes: Buffer;
  /** Bytes of a chunk, from where the index says that it is. */
  chunk(index: number): AsyncIterable<Uint8Array>;
}

/** @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export async function openJrs(path: string): Promise<IJrsFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < HEAD_BYTES + TRAILER_BYTES) {
      throw notWhole('it is too short');
    }
    const ends = readEnds(
      await readAt(file, 0, HEAD_BYTES),
      await readAt(file, size - TRAILER_BYTES, TRAILER_BYTES),
      size
    );
    if (ends.manifest[1] > MAX_MANIFEST_BYTES) {
      throw notWhole('its manifest is too long');
    }
    const manifestBytes = await readAt(file, ...ends.manifest);
    const manifest = readManifest(manifestBytes);
    if (ends.index[1] !== 8 * manifest.chunks.length) {
      throw notWhole('its index does not fit its manifest');
    }
    const offsets = readIndex(await readAt(file, ...ends.index));
    return {
      manifest,
      manifestBytes,
      chunk: i => {
        const start = offsets[i];
        const { size: length } = manifest.chunks[i];
        if (start < HEAD_BYTES || start + length > size) {
          throw new RuntimeError(
            'SNAPSHOT_CORRUPT',
            'A part of the snapshot lies outside of its file: the file was damaged. Fetch it again.'
          );
        }
        return length === 0 ? none() : createReadStream(path, { start, end: start + length - 1 });
      }
    };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) {
    throw notWhole('it is shorter than it says');
  }
  return buffer;
}

async function* none(): AsyncGenerator<Uint8Array, void, void> {
  // A chunk without bytes.
}
