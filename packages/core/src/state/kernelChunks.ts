/** A kernel as a place where chunks come from, and as one where they go. */
import { RuntimeError } from '../errors.js';
import type { KernelPort } from './kernelPort.js';
import type { IManifestFile } from './manifest.js';
import type { IMissingChunk } from './ops.js';
import type { IChunkSink, IChunkSource } from './pump.js';

/** A sink that knows what it lacks. */
export interface IResumableSink extends IChunkSink {
  missing(options: { signal?: AbortSignal }): Promise<readonly IMissingChunk[]>;
}

/** The chunks of a capture that the kernel keeps. */
export function kernelSource(port: KernelPort, capture: string): IChunkSource {
  return {
    read: async (digest, offset, length, { signal }) => {
      const args = { capture, digest, offset, length };
      const { buffers } = await port.request('read', args, { channel: 'control', signal });
      const bytes = buffers[0] ?? new Uint8Array(0);
      if (bytes.length !== length) {
        throw new RuntimeError(
          'SNAPSHOT_CORRUPT',
          `A chunk of ${port.name} is shorter than its manifest says: capture again.`
        );
      }
      return bytes;
    }
  };
}

/** A load of the kernel: it checks each chunk's digest itself. */
export function kernelSink(
  port: KernelPort,
  load: string,
  { bytes }: IManifestFile
): IResumableSink {
  return {
    missing: async ({ signal }) => {
      const options = { channel: 'control', buffers: [bytes], signal } as const;
      return (await port.request('receive', { load }, options)).result.missing;
    },
    write: async (digest, offset, piece, { signal }) => {
      // Not again after a lost connection: what has come is asked for first.
      const options = { channel: 'control', buffers: [piece], signal, attempts: 1 } as const;
      await port.request('write', { load, digest, offset }, options);
    }
  };
}
