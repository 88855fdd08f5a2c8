/** The chunks of a capture, from a kernel that sends them to a parcel itself. */
import type { ParcelsClient } from '../client/parcelsClient.js';
import type { IManifestFile } from './manifest.js';
import type { IChunkMover } from './pump.js';
import type { SendFile } from './sendFile.js';

/** A whole chunk at once, mostly: no message is held up by it. */
const MAX_BYTES = 8 * 1024 * 1024;

/** @param folder Of the capture. */
export function sentByKernel(
  sendFile: SendFile,
  folder: string,
  client: ParcelsClient,
  parcelId: string,
  { content }: IManifestFile
): IChunkMover {
  const sizes = new Map(content.chunks.map(({ digest, size }) => [digest, size]));
  return {
    maxBytes: MAX_BYTES,
    move: (digest, offset, length, options) => {
      // As docs/snapshot-format.md has it.
      const path = `${folder}/chunks/${digest.slice(0, 2)}/${digest}`;
      const piece = { digest, start: offset, length, size: sizes.get(digest) ?? 0 };
      const send = (url: string, init: RequestInit = {}): Promise<Response> =>
        sendFile(url, init, { path, offset, length });
      return client.writeThrough(send, parcelId, piece, options);
    }
  };
}
