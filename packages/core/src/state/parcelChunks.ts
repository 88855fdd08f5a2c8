/** A parcel as a place where chunks come from, and as one where they go. */
import type { ParcelsClient } from '../client/parcelsClient.js';
import { RuntimeError } from '../errors.js';
import type { IResumableSink } from './kernelChunks.js';
import type { IManifestFile } from './manifest.js';
import type { IChunkSource } from './pump.js';

export function parcelSource(client: ParcelsClient, id: string): IChunkSource {
  return {
    read: async (digest, offset, length, options) => {
      if (length === 0) {
        return new Uint8Array(0);
      }
      const bytes = await client.read(id, digest, offset, length, options);
      if (bytes.length !== length) {
        throw new RuntimeError(
          'UNREACHABLE',
          'The connection to the Jupyter Server was lost: try again.'
        );
      }
      return bytes;
    }
  };
}

/** It checks each chunk's digest itself. */
export function parcelSink(
  client: ParcelsClient,
  id: string,
  { bytes, content }: IManifestFile
): IResumableSink {
  const sizes = new Map(content.chunks.map(({ digest, size }) => [digest, size]));
  return {
    missing: async options =>
      (await client.describe(id, bytes, options)).missing.map(({ digest, have }) => ({
        digest,
        // What came beyond a gap is sent again.
        offset: have[0]?.[0] === 0 ? have[0][1] : 0
      })),
    write: (digest, offset, piece, options) =>
      client.write(id, digest, offset, sizes.get(digest) ?? 0, piece, options)
  };
}
