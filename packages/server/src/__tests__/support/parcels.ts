/** States in transit, made by hand. */
import { createHash, randomBytes } from 'node:crypto';

import { SNAPSHOT_FORMAT, SNAPSHOT_MAJOR } from '@jupyterlab-runtimes/core';

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Of chunks that are no variables. */
export function manifestOf(chunks: readonly Buffer[]): Buffer {
  const content = {
    format: { name: SNAPSHOT_FORMAT, major: SNAPSHOT_MAJOR, minor: 0 },
    id: `m${randomBytes(12).toString('hex')}`,
    created_at: '2026-01-01T00:00:00Z',
    python: {
      ...{ version: '3.11.0', implementation: 'cpython', platform: 'linux' },
      ...{ machine: 'x86_64', byteorder: 'little' }
    },
    mid_cell: false,
    chunks: chunks.map(chunk => ({
      ...{ digest: digestOf(chunk), size: chunk.length, length: chunk.length, codec: 'raw' }
    })),
    graph: { variables: [] }
  };
  return Buffer.from(`${JSON.stringify(content)}\n`);
}
