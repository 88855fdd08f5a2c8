/** A `.jrs` file under another signature. */
import {
  HEAD_BYTES,
  JRS_TYPE,
  jrsEnd,
  jrsLayout,
  readEnds,
  TRAILER_BYTES
} from '@jupyterlab-runtimes/core';
import type { IManifestFile } from '@jupyterlab-runtimes/core';

import { openJrs } from './jrsBlob';

/** No chunk is read: signing replaces what comes after them.
 *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export async function jrsSigned(
  file: Blob,
  sign: (manifest: IManifestFile) => Promise<IManifestFile>
): Promise<Blob> {
  const { manifest } = await openJrs(file);
  const { content, bytes } = await sign(manifest);
  const read = async (at: number, length: number) =>
    new Uint8Array(await file.slice(at, at + length).arrayBuffer());
  const trailer = await read(file.size - TRAILER_BYTES, TRAILER_BYTES);
  const { manifest: place } = readEnds(await read(0, HEAD_BYTES), trailer, file.size);
  const end = jrsEnd(jrsLayout(content, bytes.length));
  return new Blob([file.slice(0, place[0]), bytes, end], { type: JRS_TYPE });
}
