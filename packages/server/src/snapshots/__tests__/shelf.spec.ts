import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import {
  canonicalJson,
  parseManifest,
  type ISnapshotResource,
  type Manifest
} from '@jupyterlab-runtimes/core';

import { FolderBlobs } from '../../stores/filesystem/blobs.js';
import { openDatabase } from '../../stores/sqlite/database.js';
import { snapshotStore } from '../../stores/sqlite/snapshotStore.js';
import type { RuntimeList } from '../../runtimes/runtimeList.js';
import { FakeClock } from '../../runtimes/__tests__/support/fakeClock.js';
import { Collector } from '../collect.js';
import { openJrs, writeJrs } from '../jrsFile.js';
import { stateKey } from '../key.js';
import { Shelf, type IShelfOptions } from '../shelf.js';
import { Signers } from '../signature.js';
import { Snapshots, type ISnapshotsOptions } from '../snapshots.js';

const LOG = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined
};
const MIB = 1024 * 1024;
const OWNER = 'ada';
let made = 0;

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A folder as a kernel leaves it, and its manifest. */
function captured(folder: string, contents: readonly Uint8Array[]): Manifest {
  const chunks = contents.map(bytes => {
    const digest = digestOf(bytes);
    mkdirSync(join(folder, 'chunks', digest.slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, 'chunks', digest.slice(0, 2), digest), bytes);
    return { digest, size: bytes.length, length: bytes.length, codec: 'raw' };
  });
  const content = {
    format: { name: 'jupyterlab-runtimes/snapshot', major: 1, minor: 0 },
    id: `manifest-${String(++made).padStart(4, '0')}`,
    created_at: '2026-11-22T09:00:00Z',
    python: {
      version: '3.12.1',
      implementation: 'cpython',
      platform: 'linux',
      machine: 'x86_64',
      byteorder: 'little'
    },
    mid_cell: false,
    chunks,
    streams: [],
    buffers: [],
    graph: { variables: [] }
  };
  return parseManifest(new Uint8Array(Buffer.from(`${canonicalJson(content)}\n`))).content;
}

describe('the shelf of snapshots', () => {
  let folder = '';
  let clock = new FakeClock();
  let blobs = new FolderBlobs('');
  let signers = new Signers(Buffer.alloc(32, 1), OWNER);
  let database = openDatabase(':memory:');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jlr-shelf-'));
    clock = new FakeClock();
    blobs = new FolderBlobs(join(folder, 'state'));
    signers = new Signers(stateKey(join(folder, 'state.key')), OWNER);
    database = openDatabase(join(folder, 'records.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shelfOf = (options: Partial<IShelfOptions> = {}): Shelf =>
    new Shelf({
      store: snapshotStore(database),
      blobs,
      signers,
      now: () => clock.now(),
      log: LOG,
      quotaBytes: 0,
      keptSafetyCopies: 3,
      ...options
    });

  async function add(
    shelf: Shelf,
    contents: readonly Uint8Array[],
    resource: Partial<ISnapshotResource> = {}
  ): Promise<ISnapshotResource> {
    const staging = join(folder, 'staging', 'r1');
    const manifest = captured(staging, contents);
    const owner = resource.owner ?? OWNER;
    await clock.pass(1000);
    return shelf.add({
      resource: {
        owner,
        name: 'a snapshot',
        description: '',
        kind: 'manual',
        created_at: clock.now().toISOString(),
        runtime_id: 'r1',
        runtime_name: '',
        environment_name: '',
        python: '3.12',
        mid_cell: false,
        verified: true,
        variables: 0,
        skipped: [],
        ...resource
      },
      manifest,
      bytes: signers.of(OWNER).sign(canonicalJson(manifest)),
      bringChunks: () => blobs.adopt(owner, staging, manifest.chunks)
    });
  }

  const collectorOf = (shelf: Shelf): Collector =>
    new Collector({
      shelf,
      store: snapshotStore(database),
      blobs,
      clock,
      log: LOG,
      runtimeIds: () => new Set(['r2']),
      stagingRoot: join(folder, 'staging'),
      importFolder: join(folder, 'imports'),
      keepMs: 3600_000
    });

  const bytes = (fill: number, size = 1000): Uint8Array => new Uint8Array(size).fill(fill);
  const chunkFiles = (): string[] =>
    readdirSync(join(folder, 'state'), { recursive: true, encoding: 'utf8' }).filter(name =>
      /[0-9a-f]{64}$/.test(name)
    );

  it('keeps a snapshot that outlives the folder in which it was captured, signed', async () => {
    const shelf = shelfOf();
    const { id } = await add(shelf, [bytes(1), bytes(2)]);
    rmSync(join(folder, 'staging'), { recursive: true });
    const { manifest, isOwn } = await shelf.open(OWNER, id);
    expect(isOwn).toBe(true);
    for (const chunk of manifest.chunks) {
      expect(digestOf(await buffer(await blobs.open(OWNER, chunk)))).toBe(chunk.digest);
    }
    expect(statSync(join(folder, 'state.key')).mode & 0o077).toBe(0);
  });

  it('notices a manifest that was changed, and one that was put in the place of another', async () => {
    const shelf = shelfOf();
    const [a, b] = [await add(shelf, [bytes(1)]), await add(shelf, [bytes(2)])];
    const old = await blobs.manifest(OWNER, a.id);
    await blobs.putManifest(OWNER, b.id, old);
    await expect(shelf.open(OWNER, b.id)).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
    const changed = old.toString().replace('"mid_cell":false', '"mid_cell":true');
    await blobs.putManifest(OWNER, a.id, Buffer.from(changed));
    await expect(shelf.open(OWNER, a.id)).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
    const unsigned = old.subarray(0, old.indexOf(10) + 1);
    await blobs.putManifest(OWNER, a.id, unsigned);
    expect((await shelf.open(OWNER, a.id)).isOwn).toBe(false);
  });

  it('shows and gives nothing to another owner, and shares no bytes with them', async () => {
    const shelf = shelfOf();
    const { id } = await add(shelf, [bytes(1)]);
    await add(shelf, [bytes(1)], { owner: 'eve' });
    expect(chunkFiles()).toHaveLength(2);
    expect(() => shelf.find('eve', id)).toThrow('There is no snapshot');
    await expect(shelf.remove('eve', id)).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
  });

  it('keeps a shared chunk once, and removes it with the last that needs it', async () => {
    const shelf = shelfOf();
    const first = await add(shelf, [bytes(1), bytes(2)]);
    const second = await add(shelf, [bytes(2), bytes(3)]);
    expect(chunkFiles()).toHaveLength(3);
    await shelf.remove(OWNER, first.id);
    expect(chunkFiles()).toHaveLength(2);
    await shelf.remove(OWNER, second.id);
    expect(chunkFiles()).toHaveLength(0);
  });

  it('loses nothing when snapshots come and go at the same time', async () => {
    const shelf = shelfOf();
    const kept: ISnapshotResource[] = [];
    const work: Promise<unknown>[] = [];
    for (let i = 0; i < 30; i++) {
      const snapshot = await add(shelf, [bytes(i % 5), bytes(i % 3)]);
      if (i % 2 === 0) {
        work.push(shelf.remove(OWNER, snapshot.id));
      } else {
        kept.push(snapshot);
      }
    }
    await Promise.all(work);
    for (const { id } of kept) {
      const { manifest } = await shelf.open(OWNER, id);
      for (const chunk of manifest.chunks) {
        expect(digestOf(await buffer(await blobs.open(OWNER, chunk)))).toBe(chunk.digest);
      }
    }
  });

  it('keeps the last three safety copies; a pause replaces them all, and no manual one', async () => {
    const shelf = shelfOf();
    const manual = await add(shelf, [bytes(9)]);
    for (let i = 0; i < 5; i++) {
      await add(shelf, [bytes(i)], { kind: 'safety' });
    }
    const other = await add(shelf, [bytes(7)], { kind: 'safety', runtime_id: 'r2' });
    expect(shelf.list(OWNER).filter(each => each.runtime_id === 'r1')).toHaveLength(4);
    const pause = await add(shelf, [bytes(8)], { kind: 'pause' });
    expect(shelf.list(OWNER).map(({ id }) => id)).toEqual([manual.id, other.id, pause.id]);
    expect(chunkFiles()).toHaveLength(3);
  });

  it('refuses what is over the quota, and takes older safety copies for a pause', async () => {
    const shelf = shelfOf({ quotaBytes: 3000 });
    await add(shelf, [bytes(1)], { kind: 'safety' });
    await add(shelf, [bytes(2)], { kind: 'safety' });
    await add(shelf, [bytes(3), bytes(4)], { kind: 'pause' });
    expect(shelf.list(OWNER).map(({ kind }) => kind)).toEqual(['pause']);
    await expect(add(shelf, [bytes(5), bytes(6)])).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: expect.stringContaining('delete snapshots')
    });
    expect(shelf.list(OWNER)).toHaveLength(1);
    expect(chunkFiles()).toHaveLength(2);
    // What is there already costs nothing.
    await add(shelf, [bytes(3), bytes(4)]);
  });

  it('collects old automatic snapshots of what is gone, and bytes of nobody, but nothing young', async () => {
    const shelf = shelfOf();
    await add(shelf, [bytes(1)], { kind: 'pause' });
    await add(shelf, [bytes(2)], { kind: 'pause', runtime_id: 'r2' });
    await add(shelf, [bytes(3)], { runtime_id: 'r1' });
    await blobs.put(OWNER, digestOf(bytes(4)), toStream(bytes(4)));
    await blobs.put(OWNER, digestOf(bytes(5)), toStream(bytes(5)));
    await blobs.putManifest(OWNER, 'sgone', Buffer.from('{}\n'));
    const old = chunkFiles().find(name => name.endsWith(digestOf(bytes(4))))!;
    utimesSync(join(folder, 'state', old), new Date(0), new Date(0));
    mkdirSync(join(folder, 'staging', 'r9'), { recursive: true });
    const collector = collectorOf(shelf);
    await clock.minutes(61);
    await collector.collect();
    expect(shelf.list(OWNER).map(({ kind, runtime_id: id }) => [kind, id])).toEqual([
      ['pause', 'r2'],
      ['manual', 'r1']
    ]);
    expect(
      chunkFiles()
        .map(name => name.slice(-64))
        .sort()
    ).toEqual([bytes(2), bytes(3), bytes(5)].map(digestOf).sort());
    collector.begin();
    expect(existsSync(join(folder, 'staging', 'r9'))).toBe(false);
    collector.dispose();
  });

  it('takes no chunk away that a manifest on its way is going to name', async () => {
    const shelf = shelfOf();
    const snapshots = new Snapshots({
      ...({} as ISnapshotsOptions),
      ...{ shelf, blobs, signers, now: () => clock.now() },
      list: { of: () => [] } as unknown as RuntimeList
    });
    const { id } = await add(shelf, [bytes(1), bytes(2)]);
    const manifest = captured(join(folder, 'page'), [bytes(1), bytes(3)]);
    const [there, fresh] = manifest.chunks.map(({ digest }) => digest);
    expect(await snapshots.missing(OWNER, [there, fresh])).toEqual([fresh]);
    await snapshots.putChunk(OWNER, fresh, toStream(bytes(3)));
    await snapshots.remove(OWNER, id);
    expect(chunkFiles()).toHaveLength(2);
    const collector = collectorOf(shelf);
    utimesSync(join(folder, 'state', chunkFiles()[0]), new Date(0), new Date(0));
    await collector.collect();
    const brought = await snapshots.add(OWNER, signers.of(OWNER).sign(canonicalJson(manifest)), {});
    await clock.minutes(61);
    await collector.collect();
    expect(chunkFiles()).toHaveLength(2);
    await snapshots.remove(OWNER, brought.id);
    expect(chunkFiles()).toEqual([]);
    // What nobody has named in time is nobody's.
    await snapshots.putChunk(OWNER, fresh, toStream(bytes(3)));
    await clock.minutes(61);
    utimesSync(join(folder, 'state', chunkFiles()[0]), new Date(0), new Date(0));
    await collector.collect();
    expect(chunkFiles()).toEqual([]);
  });

  it('leaves nothing of a snapshot that could not be kept, but what others need', async () => {
    const shelf = shelfOf();
    await add(shelf, [bytes(1)]);
    const store = snapshotStore(database);
    const full = new Error('database or disk is full');
    const broken = shelfOf({
      store: {
        ...store,
        add: () => {
          throw full;
        }
      }
    });
    await expect(add(broken, [bytes(1), bytes(2)])).rejects.toBe(full);
    expect(chunkFiles().map(name => name.slice(-64))).toEqual([digestOf(bytes(1))]);
  });

  it('refuses a chunk under the name of another, and leaves nothing of it', async () => {
    await expect(blobs.put(OWNER, digestOf(bytes(1)), toStream(bytes(2)))).rejects.toMatchObject({
      code: 'SNAPSHOT_CORRUPT'
    });
    expect(chunkFiles()).toEqual([]);
    await expect(
      blobs.put(OWNER, digestOf(bytes(1)), toStream(bytes(0, 18 * MIB)))
    ).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it("takes what another owner of the service has signed for another's", async () => {
    const shelf = shelfOf();
    const { id } = await add(shelf, [bytes(1)]);
    const { bytes: exported, isOwn } = await shelf.open(OWNER, id);
    expect(isOwn).toBe(true);
    expect(signers.of('another').isOwn(exported)).toBe(false);
    const line = exported.subarray(0, exported.indexOf('\n')).toString('utf8');
    const theirs = signers.of('another').sign(line);
    expect(signers.of('another').isOwn(theirs)).toBe(true);
    expect(signers.of(OWNER).isOwn(theirs)).toBe(false);
    expect(signers.of('a third').isOwn(theirs)).toBe(false);
  });

  it('refuses a key that others can read', () => {
    chmodSync(join(folder, 'state.key'), 0o644);
    expect(() => stateKey(join(folder, 'state.key'))).toThrow('not private');
  });

  it('writes a file that is read back byte by byte; each flipped byte of chunks and ends is noticed', async () => {
    const shelf = shelfOf();
    const { id } = await add(shelf, [bytes(1, 100), bytes(2, 65), bytes(3, 1)]);
    const { manifest, bytes: manifestBytes } = await shelf.open(OWNER, id);
    const { size, bytes: parts } = writeJrs(manifest, manifestBytes, chunk =>
      blobs.open(OWNER, chunk)
    );
    const whole = await buffer(parts);
    expect(whole.length).toBe(size);
    const path = join(folder, 'file.jrs');
    /** Whether it is this service's own, and whole. */
    const isOwnAndWhole = async (): Promise<boolean> => {
      const file = await openJrs(path);
      const isOwn = signers.of(OWNER).isOwn(file.manifestBytes);
      for (const [i, { digest }] of file.manifest.chunks.entries()) {
        if (digestOf(await buffer(file.chunk(i))) !== digest) {
          return false;
        }
      }
      return isOwn;
    };
    writeFileSync(path, whole);
    expect(await isOwnAndWhole()).toBe(true);
    expect(readFileSync(path)).toEqual(whole);
    for (let i = 0; i < 300; i++) {
      const at = Math.floor((i / 300) * whole.length);
      const flipped = Buffer.from(whole);
      flipped[at] ^= 0x10;
      writeFileSync(path, flipped);
      // Reserved bytes and gaps carry nothing.
      const isGap = (at >= 10 && at < 64) || whole[at] === 0;
      expect(isGap || !(await isOwnAndWhole().catch(() => false))).toBe(true);
    }
  });
});

async function* toStream(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes.subarray(0, 10);
  yield bytes.subarray(10);
}
