/** @jest-environment node */
import { canonicalJson, parseManifest, webSha256 } from '@jupyterlab-runtimes/core';
import type { IHmacKey, IManifestFile } from '@jupyterlab-runtimes/core';

import { OpfsStore } from '../../state/opfsStore';
import { FakeLocks, FakeStorage } from '../../testing/fakeStorage';
import { writeJrs } from '../jrsBlob';
import { PageShelf, type ISnapshotNote } from '../pageShelf';
import { PageSigner } from '../pageSigner';

const FLIPS = process.env.JUPYTERLAB_RUNTIMES_TEST_LONG === '1' ? 1000 : 300;
const ABOUT = { name: 'a file' };

type Bytes = Uint8Array<ArrayBuffer>;
const bytesOf = (fill: number, length = 100): Bytes => new Uint8Array(length).fill(fill);

function newSigner(): PageSigner {
  let kept: IHmacKey | undefined;
  return new PageSigner({ get: async () => kept, put: async key => (kept = key) });
}

/** A snapshot of these chunks, not signed. */
async function manifestOf(id: string, contents: readonly Bytes[]): Promise<IManifestFile> {
  const chunks = await Promise.all(
    contents.map(async bytes => ({
      digest: await webSha256(bytes),
      size: bytes.length,
      length: bytes.length,
      codec: 'raw'
    }))
  );
  const content = {
    format: { name: 'jupyterlab-runtimes/snapshot', major: 1, minor: 0 },
    id,
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
  return parseManifest(new TextEncoder().encode(`${canonicalJson(content)}\n`));
}

function page(storage: FakeStorage, signer: PageSigner, locks = new FakeLocks()) {
  const store = new OpfsStore(storage, 'http://here/', 'ada', locks as unknown as LockManager);
  let notes: Readonly<Record<string, ISnapshotNote>> = {};
  const shelf = new PageShelf(store, signer, { get: () => notes, set: each => (notes = each) });
  return { store, shelf };
}

async function fileOf(
  signer: PageSigner,
  id: string,
  contents: readonly Bytes[]
): Promise<{ file: Blob; manifest: IManifestFile }> {
  const manifest = await signer.sign(await manifestOf(id, contents));
  const byDigest = new Map(manifest.content.chunks.map(({ digest }, i) => [digest, contents[i]]));
  return { manifest, file: await writeJrs(manifest, async digest => byDigest.get(digest)!) };
}

describe('snapshots in the browser', () => {
  const contents = [bytesOf(1), bytesOf(2, 65), bytesOf(3, 1)];

  it('refuse every flipped byte of a file that is brought, or hold it for a stranger', async () => {
    const signer = newSigner();
    const { file } = await fileOf(signer, 'snapshot-0001', contents);
    const whole = new Uint8Array(await file.arrayBuffer());
    let refused = 0;
    for (let i = 0; i < FLIPS; i++) {
      const at = Math.floor((i / FLIPS) * whole.length);
      const flipped = whole.slice();
      flipped[at] ^= 0x10;
      const { shelf } = page(new FakeStorage(), signer);
      // Reserved bytes and gaps carry nothing.
      const isGap = (at >= 10 && at < 64) || whole[at] === 0;
      const isOwn = await shelf.import(new Blob([flipped]), ABOUT).then(
        entry => entry.isOwn,
        (error: unknown) => {
          expect(['SNAPSHOT_CORRUPT', 'SNAPSHOT_VERSION']).toContain(
            (error as { code: string }).code
          );
          refused += 1;
          return false;
        }
      );
      expect(isGap || !isOwn).toBe(true);
    }
    expect(refused).toBeGreaterThan(FLIPS / 4);
    for (let length = 0; length < whole.length; length += 37) {
      const { shelf } = page(new FakeStorage(), signer);
      await expect(shelf.import(new Blob([whole.slice(0, length)]), ABOUT)).rejects.toMatchObject({
        code: 'SNAPSHOT_CORRUPT'
      });
      expect(await shelf.list()).toEqual([]);
    }
  });

  it('are not replaced by a file that bears the id of one of them', async () => {
    const signer = newSigner();
    const { shelf } = page(new FakeStorage(), signer);
    const own = await fileOf(signer, 'snapshot-0001', contents);
    await shelf.import(own.file, ABOUT);
    const forged = await fileOf(newSigner(), 'snapshot-0001', [bytesOf(9)]);
    await expect(shelf.import(forged.file, ABOUT)).rejects.toMatchObject({ code: 'CONFLICT' });
    // The same one, signed by somebody else, is still one's own.
    const copy = await fileOf(newSigner(), 'snapshot-0001', contents);
    expect(await shelf.import(copy.file, ABOUT)).toMatchObject({ isOwn: true });
    expect((await shelf.manifest('snapshot-0001')).bytes).toEqual(own.manifest.bytes);
  });

  it('tell that there is no room, and keep no half', async () => {
    const signer = newSigner();
    const storage = new FakeStorage();
    const { shelf, store } = page(storage, signer);
    const { file, manifest } = await fileOf(signer, 'snapshot-0001', contents);
    storage.quota = 150;
    await expect(shelf.import(file, ABOUT)).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/no room .+: delete/) as string
    });
    expect(await shelf.list()).toEqual([]);
    const digests = manifest.content.chunks.map(({ digest }) => digest);
    expect([...(await store.has(digests))]).toEqual([digests[0]]);
    storage.quota = 1e6;
    await shelf.import(file, ABOUT);
    expect((await store.has(digests)).size).toBe(3);
  });

  it('lose no chunk of one that is being brought when another goes, in whichever page', async () => {
    const signer = newSigner();
    const storage = new FakeStorage();
    const locks = new FakeLocks();
    const { shelf, store } = page(storage, signer, locks);
    const other = page(storage, signer, locks);
    await shelf.import((await fileOf(signer, 'snapshot-0001', contents)).file, ABOUT);
    const coming = await manifestOf('snapshot-0002', [contents[0], bytesOf(4)]);
    const digests = coming.content.chunks.map(({ digest }) => digest);
    await other.store.bring(async () => {
      expect([...(await other.store.has(digests))]).toEqual([digests[0]]);
      await other.store.write(digests[1], bytesOf(4));
      await shelf.remove('snapshot-0001');
      await other.store.putManifest(coming);
    });
    expect((await store.has(digests)).size).toBe(2);
    await shelf.remove('snapshot-0002');
    expect((await store.has(digests)).size).toBe(0);
  });
});
