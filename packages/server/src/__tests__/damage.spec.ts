/** Snapshots that were damaged, swapped or forged, on the service's disk and on their way to it: nothing of them runs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import {
  parseManifest,
  RuntimeError,
  type IRestoreReport,
  type ISnapshotResource
} from '@jupyterlab-runtimes/core';

import { randomFrom } from './support/random.js';
import { TestChannel } from './support/testChannel.js';
import { LONG, TestService } from './support/testService.js';

const FLIPS = LONG ? 200 : 16;
const FILE_FLIPS = LONG ? 400 : 60;
const REFUSED = ['SNAPSHOT_CORRUPT', 'SNAPSHOT_VERSION'];

describe('a snapshot that was tampered with', () => {
  const service = new TestService();
  const random = randomFrom(20261122);
  let id = '';
  let snapshot: ISnapshotResource;
  let marker = '';

  beforeAll(async () => {
    await service.start();
    ({ id } = await service.launch('watched'));
    marker = join(service.rootDir, 'ran');
    await run(
      `import os\nclass Hostile:\n    def __reduce__(self):\n        return os.mkdir, (${JSON.stringify(marker)},)\n` +
        'hostile = Hostile(); text = "text " * 5000; noise = bytearray(os.urandom(200_000))'
    );
    snapshot = await service.client.snapshots.take(id, {});
  }, 60_000);
  afterAll(() => service.dispose(), 30_000);

  async function run(code: string): Promise<string> {
    const channel = new TestChannel(service, await service.client.getRuntime(id));
    try {
      return await channel.run(code);
    } finally {
      channel.close();
    }
  }

  const load = (which = snapshot.id): Promise<IRestoreReport> =>
    service.client.snapshots.restore(id, { snapshot_id: which });

  /** What came of it: a code, or what was restored. */
  async function attempt(which?: string): Promise<string | readonly string[]> {
    try {
      return (await load(which)).restored;
    } catch (error) {
      expect(error).toBeInstanceOf(RuntimeError);
      return (error as RuntimeError).code;
    }
  }

  /** Chunks and manifests as they rest. */
  const files = (): string[] =>
    readdirSync(join(service.folder, 'state'), { recursive: true, withFileTypes: true })
      .filter(each => each.isFile() && each.name !== 'owner')
      .map(each => join(each.parentPath, each.name));

  it('is restored, and does run, where nothing was done to it', async () => {
    expect((await load()).restored).toEqual(expect.arrayContaining(['hostile', 'text', 'noise']));
    expect(existsSync(marker)).toBe(true);
    rmSync(marker, { recursive: true });
  }, 30_000);

  it('is refused on the disk, or holds data alone', async () => {
    await run('mine = 1');
    for (let flip = 0; flip < FLIPS; flip++) {
      const all = files();
      const path = all[Math.floor(random() * all.length)];
      const whole = readFileSync(path);
      const at = Math.floor(random() * whole.length);
      if (flip % 4 === 0) {
        truncateSync(path, at);
      } else {
        const flipped = Buffer.from(whole);
        flipped[at] ^= 1 << Math.floor(random() * 8);
        writeFileSync(path, flipped);
      }
      const came = await attempt();
      writeFileSync(path, whole);
      expect(existsSync(marker)).toBe(false);
      // A signature that nobody knows makes it a stranger's.
      expect(typeof came === 'string' ? REFUSED : [came.includes('hostile')]).toContain(
        typeof came === 'string' ? came : false
      );
    }
    expect(await run('print(mine)')).toBe('1\n');
  }, 120_000);

  it('is not played back in the place of another', async () => {
    await run('hostile = "tame"');
    const tame = await service.client.snapshots.take(id, {});
    const [from, to] = [snapshot.id, tame.id].map(
      each => files().find(path => path.endsWith(`${each}.json`)) ?? ''
    );
    writeFileSync(to, readFileSync(from));
    expect(await attempt(tame.id)).toBe('SNAPSHOT_CORRUPT');
    expect(existsSync(marker)).toBe(false);
  }, 30_000);

  it('is refused as a file, or kept as a stranger’s', async () => {
    const whole = new Uint8Array(
      await (await service.client.snapshots.export(snapshot.id)).arrayBuffer()
    );
    for (let flip = 0; flip < FILE_FLIPS; flip++) {
      // Every other one hits the end, where manifest and index are.
      const at =
        flip % 2 === 0
          ? Math.floor(random() * whole.length)
          : whole.length - 1 - Math.floor(random() * 3000);
      const flipped = flip % 5 === 0 ? whole.slice(0, at) : whole.slice();
      if (flip % 5 !== 0) {
        flipped[at] ^= 1 << Math.floor(random() * 8);
      }
      const isGap = (at >= 10 && at < 64) || whole[at] === 0;
      const brought = await service.client.snapshots
        .import(new Blob([flipped]))
        .catch((error: unknown) => {
          expect(REFUSED).toContain((error as RuntimeError).code);
          return undefined;
        });
      expect(isGap || !brought?.verified).toBe(true);
      if (brought) {
        await service.client.snapshots.remove(brought.id);
      }
    }
    expect(existsSync(marker)).toBe(false);
  }, 120_000);

  it('is mended by the next one of the same variables', async () => {
    await run('big = bytearray(os.urandom(30_000_000))');
    const before = await service.client.snapshots.take(id, {});
    // In the file itself, which the runtime's own folder has under another name.
    const manifest = await service.client.snapshots.manifest(before.id);
    // Of its middle: what stands around it is another thing each time.
    const [, { digest }] = parseManifest(manifest).content.chunks;
    const chunk = files().find(path => path.endsWith(digest)) ?? '';
    const flipped = readFileSync(chunk);
    flipped[1000] ^= 1;
    writeFileSync(chunk, flipped);
    expect(await attempt(before.id)).toBe('SNAPSHOT_CORRUPT');
    const after = await service.client.snapshots.take(id, {});
    expect(await attempt(after.id)).toContain('big');
    expect(await attempt(before.id)).toContain('big');
  }, 60_000);
});
