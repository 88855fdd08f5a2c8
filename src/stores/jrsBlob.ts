/** `.jrs` files in the page: read piece by piece, written without a second copy. */
import {
  HEAD_BYTES,
  JRS_TYPE,
  jrsEnd,
  jrsHead,
  jrsLayout,
  parseManifest,
  readEnds,
  readIndex,
  RuntimeError,
  TRAILER_BYTES
} from '@jupyterlab-runtimes/core';
import type { IManifestFile } from '@jupyterlab-runtimes/core';

/** More is no manifest, bytes. */
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

export interface IJrsBlob {
  readonly manifest: IManifestFile;
  /** A chunk's bytes by its place in the manifest's list, not verified. */
  chunk(index: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Read a file's ends and its manifest: nothing is decoded.
 *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export async function openJrs(file: Blob): Promise<IJrsBlob> {
  const { size } = file;
  const read = async (at: number, length: number) =>
    new Uint8Array(await file.slice(at, at + length).arrayBuffer());
  if (size < HEAD_BYTES + TRAILER_BYTES) {
    throw corrupt('it is too short');
  }
  const head = await read(0, HEAD_BYTES);
  const ends = readEnds(head, await read(size - TRAILER_BYTES, TRAILER_BYTES), size);
  if (ends.manifest[1] > MAX_MANIFEST_BYTES) {
    throw corrupt('its list of contents is too long');
  }
  const manifest = parseManifest(await read(...ends.manifest));
  const { chunks } = manifest.content;
  const offsets = readIndex(await read(...ends.index));
  if (offsets.length !== chunks.length) {
    throw corrupt('its index does not fit');
  }
  return {
    manifest,
    chunk: async index => {
      const bytes = await read(offsets[index], chunks[index].size);
      if (bytes.length !== chunks[index].size) {
        throw corrupt('a part of it is missing');
      }
      return bytes;
    }
  };
}

/** @param chunk Opens a chunk as it is stored. */
export async function writeJrs(
  { bytes, content }: IManifestFile,
  chunk: (digest: string) => Promise<Blob | Uint8Array<ArrayBuffer>>
): Promise<Blob> {
  const layout = jrsLayout(content, bytes.length);
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [jrsHead()];
  let at = HEAD_BYTES;
  for (const { chunk: each, offset } of layout.chunks) {
    // A Blob of each chunk, so that the browser may keep it on disk.
    parts.push(new Uint8Array(offset - at), new Blob([await chunk(each.digest)]));
    at = offset + each.size;
  }
  return new Blob([...parts, bytes, jrsEnd(layout)], { type: JRS_TYPE });
}

function corrupt(why: string): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    `The file is no whole snapshot (${why}): it was cut off or damaged, or is something else. Fetch it again.`
  );
}
