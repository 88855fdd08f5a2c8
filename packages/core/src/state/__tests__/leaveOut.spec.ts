import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

import { venvProgram } from '../../../../../scripts/machine/paths.mjs';
import { HEAD_BYTES, jrsEnd, jrsHead, jrsLayout, readEnds, readIndex } from '../jrsLayout.js';
import { leaveOut, type IReducedSnapshot } from '../leaveOut.js';
import { parseManifest, type IChunk, type IManifestFile } from '../manifest.js';
import { webSha256 } from '../webSha256.js';

/** One secret beside others in a pack, one in a buffer, one that another name shares, and all else. */
const SAVE = `
import sys
from jupyterlab_runtimes.state import save
words = ["first", "largest"] * 2000
api_token = ["hush-hush-hush"]
also = [api_token]
private_key = bytearray(b"unspeakable") * 1_000_000
def twice(n): return 2 * n
save(sys.argv[1], ["words", "api_token", "also", "private_key", "twice"], namespace=globals())
`;
const LOAD = `
import json, sys
from jupyterlab_runtimes.state import load
found = {}
report = load(sys.argv[1], namespace=found, trust="accept")
print(json.dumps([sorted(each.name for each in report.restored), len(found["words"]), found["twice"](21)]))
`;

describe('a snapshot without some of its variables', () => {
  let folder: string;
  let given: IManifestFile;
  let stored: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

  const python = (code: string, path: string): string => {
    // A file: what has no source can't go.
    const script = join(folder, 'script.py');
    writeFileSync(script, code);
    const env = { ...process.env, JUPYTERLAB_RUNTIMES_DATA_DIR: join(folder, 'data') };
    return execFileSync(venvProgram('python'), [script, path], { env, encoding: 'utf8' });
  };
  const ports = {
    read: async ({ digest }: IChunk) => stored.get(digest) ?? new Uint8Array(),
    sha256: webSha256,
    now: () => new Date('2026-11-22T01:02:03Z'),
    randomHex: () => '0123456789abcdef'
  };
  const without = (...names: string[]) => leaveOut(given, names, ports);
  /** All that the snapshot would give away. */
  const readable = ({ manifest, made }: IReducedSnapshot): string =>
    [
      Buffer.from(manifest.bytes),
      ...manifest.content.chunks.map(({ digest, codec }) => {
        const bytes = made.get(digest) ?? stored.get(digest) ?? new Uint8Array();
        return codec === 'raw' ? Buffer.from(bytes) : inflateSync(bytes);
      })
    ].join('\n');

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'leave-out-'));
    const path = join(folder, 'whole.jrs');
    python(SAVE, path);
    const file = new Uint8Array(readFileSync(path));
    const ends = readEnds(file.subarray(0, HEAD_BYTES), file.subarray(-64), file.length);
    const range = ([at, length]: [number, number]) => file.slice(at, at + length);
    given = parseManifest(range(ends.manifest));
    const offsets = readIndex(range(ends.index));
    stored = new Map(
      given.content.chunks.map(({ digest, size }, i) => [digest, range([offsets[i], size])])
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps no byte of them, and nothing that hangs on them', async () => {
    expect(readable({ manifest: given, made: new Map(), left: [] })).toContain('hush-hush');
    const reduced = await without('api_token', 'private_key');
    expect([...reduced.left].sort()).toEqual(['also', 'api_token', 'private_key']);
    const all = readable(reduced);
    expect(all).not.toContain('hush');
    expect(all).not.toContain('unspeakable');
    expect(all).not.toContain('api_token');
    expect(all).toContain('largest');
  });

  it('is a snapshot of its own, which loads', async () => {
    const { manifest, made } = await without('api_token', 'private_key');
    expect(manifest.content.id).not.toBe(given.content.id);
    const layout = jrsLayout(manifest.content, manifest.bytes.length);
    const file = Buffer.alloc(layout.size);
    file.set(jrsHead());
    for (const { chunk, offset } of layout.chunks) {
      const bytes = made.get(chunk.digest) ?? stored.get(chunk.digest);
      expect(await webSha256(bytes ?? new Uint8Array())).toBe(chunk.digest);
      file.set(bytes ?? [], offset);
    }
    file.set(manifest.bytes, layout.manifestOffset);
    file.set(jrsEnd(layout), layout.indexOffset);
    const path = join(folder, 'reduced.jrs');
    writeFileSync(path, file);
    expect(JSON.parse(python(LOAD, path))).toEqual([['twice', 'words'], 4000, 42]);
  });
});
