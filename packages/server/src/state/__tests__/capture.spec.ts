import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Manifest } from '@jupyterlab-runtimes/core';

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

  it('is not that of a kernel which was started in the place of another one', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'jlr-store-'));
    await expect(
      captureRuntime({ ...place(kernel), folder: empty, isIt: () => false })
    ).rejects.toMatchObject({ code: 'NOT_RUNNING', message: expect.stringContaining('restarted') });
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
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

  describe('of one’s own, before its arrays are verified', () => {
    const early = async (target: ITestKernel, manifest: Manifest) =>
      restoreRuntime({ ...place(target), folder: store, manifest, trust: 'own', early: true });
    const store = mkdtempSync(join(tmpdir(), 'jlr-store-'));
    let manifest: Manifest;
    beforeAll(async () => {
      await kernel.run('import numpy; array = numpy.arange(4e6); small = numpy.arange(3)');
      const names = ['array', 'small'];
      ({ manifest } = await captureRuntime({ ...place(kernel), folder: store, names }));
    }, 60_000);
    afterAll(() => rmSync(store, { recursive: true, force: true }));

    it('is whole, and found to be', async () => {
      const target = await server.kernel(sources);
      const { restored, verified } = await early(target, manifest);
      expect([...restored].sort()).toEqual(['array', 'small']);
      expect(await target.run('shown = int(array.sum()), small.tolist()')).toBe(
        '(7999998000000, [0, 1, 2])'
      );
      expect(await verified).toEqual({ lost: [], failure: null });
    }, 60_000);

    it('loses what is damaged at once, by name, and says so in the notebook', async () => {
      const target = await server.kernel(sources);
      await target.run('import io, sys; said = sys.stderr = io.StringIO()');
      const [chunk] = [...manifest.chunks].sort((a, b) => b.size - a.size);
      const path = chunkPath(store, chunk.digest);
      const bytes = readFileSync(path);
      bytes[12345] ^= 1;
      writeFileSync(path, bytes);
      const { verified } = await early(target, manifest);
      const { lost, failure } = await verified;
      expect(lost).toEqual(['array']);
      expect(failure).toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
      expect(failure?.message).toContain('taken out of the namespace: array.');
      await target.run('shown = "array" in globals(), small.tolist()');
      expect(await target.run('')).toBe('(False, [0, 1, 2])');
      const said = await target.run('shown = said.getvalue().count("array")');
      expect(said).toBe('1');
    }, 60_000);
  });

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
