import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, truncateSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import {
  JupyterServer,
  type ITestKernel
} from '../../../../core/src/state/__tests__/support/jupyterServer.js';
import { captureRuntime, restoreRuntime } from '../capture.js';
import { chunkPath } from '../verifyChunks.js';

const sources = stateSources();
const MIB = 1 << 20;

describe("a runtime's state in a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-store-'));
  let server: JupyterServer;
  let kernel: ITestKernel;
  beforeAll(async () => {
    server = await JupyterServer.start();
    kernel = await server.kernel(sources);
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);
  const place = (of: ITestKernel) => ({ address: server.address, kernelId: of.id, sources });

  it('is captured while the kernel goes on, and restored in another one', async () => {
    await kernel.run(`import os; big = os.urandom(${32 * MIB}); def_ = {"n": 5}; same = def_`);
    await kernel.run('def add(a, b=2): return a + b');
    const stages = new Set<string>();
    const begun = performance.now();
    const captured = await captureRuntime({
      ...place(kernel),
      folder,
      onProgress: ({ stage }) => stages.add(stage)
    });
    process.stderr.write(
      `captured ${captured.bytes / 1e6} MB in ${(performance.now() - begun).toFixed(0)} ms, stood still ${captured.stallMs} ms\n`
    );
    expect(captured).toMatchObject({ skipped: [], midCell: false, stallReason: '' });
    expect(captured.writtenBytes).toBeGreaterThan(32 * MIB);
    expect(stages).toContain('verify');

    const target = await server.kernel(sources);
    const { manifest } = captured;
    const report = await restoreRuntime({ ...place(target), folder, manifest, trust: 'own' });
    expect(report.restored).toEqual(expect.arrayContaining(['add', 'big', 'def_', 'same']));
    const look = 'import hashlib; shown = add(1), same is def_, hashlib.md5(big).hexdigest()';
    expect(await target.run(look)).toBe(await kernel.run(look));
  }, 90_000);

  it('writes only what changed the second time', async () => {
    await kernel.run('def_["n"] = 6');
    const again = await captureRuntime({ ...place(kernel), folder });
    expect(again.bytes).toBeGreaterThan(32 * MIB);
    expect(again.writtenBytes).toBeLessThan(9 * MIB);
  }, 60_000);

  it('restores nothing at all where one chunk is broken', async () => {
    const { manifest } = await captureRuntime({ ...place(kernel), folder });
    const [chunk] = [...manifest.chunks].sort((a, b) => b.size - a.size);
    truncateSync(chunkPath(folder, chunk.digest), chunk.size - 1);
    const target = await server.kernel(sources);
    await target.run('def_ = "mine"');
    await expect(
      restoreRuntime({ ...place(target), folder, manifest, trust: 'own' })
    ).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
    expect(await target.run('shown = def_, "add" in globals()')).toBe("('mine', False)");
  }, 60_000);

  it('restores only data of what is somebody else’s', async () => {
    const other = mkdtempSync(join(tmpdir(), 'jlr-store-'));
    const { manifest } = await captureRuntime({
      ...place(kernel),
      folder: other,
      names: ['def_', 'add']
    });
    const target = await server.kernel(sources);
    const report = await restoreRuntime({
      ...place(target),
      folder: other,
      manifest,
      trust: 'foreign'
    });
    expect(report.restored).toEqual(['def_']);
    expect(report.skipped).toMatchObject([{ name: 'add' }]);
    expect(readdirSync(other)).toContain('chunks');
    rmSync(other, { recursive: true });
  }, 60_000);
});
