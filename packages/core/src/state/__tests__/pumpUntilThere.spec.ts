import { expect, it } from '@jest/globals';

import type { Manifest } from '../manifest.js';
import { through } from '../pump.js';
import { pumpUntilThere } from '../pumpUntilThere.js';

const digest = 'a'.repeat(64);
const manifest = { chunks: [{ digest, size: 8, length: 8, codec: 'raw' }] } as unknown as Manifest;
const source = { read: async () => new Uint8Array(8) };

it('gives up on a place that keeps nothing of what arrives', async () => {
  let written = 0;
  const sink = {
    missing: async () => [{ digest, offset: 0 }],
    write: async () => void (written += 1)
  };
  await expect(pumpUntilThere(through(source, sink), sink, { manifest })).rejects.toMatchObject({
    code: 'SNAPSHOT_NOT_FOUND'
  });
  expect(written).toBeGreaterThan(1);
});

it('brings again what was lost once', async () => {
  let written = 0;
  const sink = {
    missing: async () => (written < 3 ? [{ digest, offset: 0 }] : []),
    write: async () => void (written += 1)
  };
  await pumpUntilThere(through(source, sink), sink, { manifest });
  expect(written).toBe(3);
});
