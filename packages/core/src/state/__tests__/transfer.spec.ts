import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import type { IStateProgress } from '../progress.js';
import { transfer } from '../transfer.js';
import { JupyterServer, type ITestKernel } from './support/jupyterServer.js';

const options = { randomId: randomUUID };
const sources = stateSources();
const MIB = 1 << 20;

describe('variables from one kernel to another', () => {
  let server: JupyterServer;
  let source: ITestKernel;
  let target: ITestKernel;

  beforeAll(async () => {
    server = await JupyterServer.start();
    [source, target] = await Promise.all([server.kernel(sources), server.kernel(sources)]);
  }, 120_000);
  afterAll(() => server.stop(), 30_000);

  it.each(['nearby', 'messages'] as const)(
    'keeps what they share, with functions and classes (%s)',
    async transport => {
      await source.run('a = [1, {"x": 3}]; b = a; c = "größe"');
      await source.run('class Point:\n    def __init__(self, x): self.x = x\np = Point(4)');
      await source.run('def twice(n): return 2 * n');
      const names = ['a', 'b', 'c', 'Point', 'p', 'twice'];
      const report = await transfer(source.port, target.port, { names, transport }, options);
      expect(report).toMatchObject({ skipped: [], transport, midCell: false });
      expect([...report.restored].sort()).toEqual([...names].sort());
      const look = 'shown = a, c, a is b, type(p) is Point, p.x, twice(4)';
      expect(await target.run(look)).toBe("([1, {'x': 3}], 'größe', True, True, 4, 8)");
    },
    60_000
  );

  it('chooses the files of one machine where both kernels are on it', async () => {
    const report = await transfer(source.port, target.port, { names: ['c'] }, options);
    expect(report.transport).toBe('nearby');
  }, 60_000);

  it('leaves nothing behind in namespace, history and count of cells', async () => {
    const look = 'shown = sorted(n for n in globals() if n[:2] != "_i"), len(In), len(Out), _, __';
    const before = await target.run(look);
    await transfer(source.port, target.port, { names: ['c'] }, options);
    const after = await target.run(look);
    const cells = Number(/\], (\d+)/.exec(before)?.[1]);
    expect(after).toBe(before.replace(`], ${cells}`, `], ${cells + 1}`));
  }, 60_000);

  it('names what can not go, and takes the rest', async () => {
    await source.run('import threading; ok = 1; gone = (i for i in range(3))');
    const report = await transfer(source.port, target.port, { names: ['ok', 'gone'] }, options);
    expect(report.restored).toEqual(['ok']);
    expect(report.skipped).toMatchObject([{ name: 'gone', reason: expect.stringMatching(/.+/) }]);
  }, 60_000);

  it('moves 64 MiB by messages, and says how far it is', async () => {
    await source.run(`import os, hashlib; big = os.urandom(${64 * MIB})`);
    const digest = await source.run('shown = hashlib.md5(big).hexdigest()');
    const seen: IStateProgress[] = [];
    const begun = performance.now();
    const report = await transfer(
      source.port,
      target.port,
      { names: ['big'], transport: 'messages' },
      { ...options, onProgress: progress => seen.push(progress) }
    );
    const seconds = (performance.now() - begun) / 1000;
    process.stderr.write(`64 MiB by messages: ${((64 * MIB) / 1e6 / seconds).toFixed(0)} MB/s\n`);
    expect(report.bytes).toBeGreaterThan(60e6);
    expect(await target.run('import hashlib; shown = hashlib.md5(big).hexdigest()')).toBe(digest);
    const moved = seen.filter(({ stage }) => stage === 'move').map(({ bytes }) => bytes);
    expect(moved).toEqual([...moved].sort((a, b) => a - b));
    expect(moved.at(-1)).toBe(report.bytes);
  }, 120_000);

  it('leaves the target as it was when it is called off in the middle', async () => {
    const before = await target.run(
      'big = 1; shown = sorted(n for n in globals() if n[:2] != "_i")'
    );
    const stop = new AbortController();
    const moving = transfer(
      source.port,
      target.port,
      { names: ['big', 'a'], transport: 'messages' },
      {
        ...options,
        signal: stop.signal,
        onProgress: ({ stage, bytes }) => {
          if (stage === 'move' && bytes > 8 * MIB) {
            stop.abort();
          }
        }
      }
    );
    await expect(moving).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await target.run('shown = sorted(n for n in globals() if n[:2] != "_i")')).toBe(before);
    expect(await target.run('shown = big')).toBe('1');
    const left = `import glob; shown = glob.glob(${JSON.stringify(server.folder)} + "/jupyterlab-runtimes-state-*/chunks")`;
    expect(await target.run(left)).toBe('[]');
  }, 60_000);

  it('goes on where it was when connections are lost on the way', async () => {
    let drops = 0;
    let bytesAtDrop = 0;
    const report = await transfer(
      source.port,
      target.port,
      { names: ['big'], transport: 'messages' },
      {
        ...options,
        onProgress: ({ stage, bytes }) => {
          if (stage === 'move' && bytes > (drops + 1) * 12 * MIB && drops < 3) {
            drops += 1;
            bytesAtDrop = bytes;
            (drops % 2 ? source : target).sockets.at(-1)?.terminate();
          }
        }
      }
    );
    expect(drops).toBe(3);
    expect(report.bytes).toBeGreaterThan(bytesAtDrop);
    const look = 'shown = hashlib.md5(big).hexdigest()';
    expect(await target.run(look)).toBe(await source.run(look));
  }, 120_000);

  it('goes on when the network swallows everything for a while', async () => {
    let isSwallowed = false;
    await transfer(
      source.port,
      target.port,
      { names: ['big'], transport: 'messages' },
      {
        ...options,
        onProgress: ({ stage, bytes }) => {
          const socket = source.sockets.at(-1);
          if (stage === 'move' && bytes > 16 * MIB && !isSwallowed && socket) {
            isSwallowed = true;
            socket.send = () => undefined;
          }
        }
      }
    );
    const look = 'shown = hashlib.md5(big).hexdigest()';
    expect(await target.run(look)).toBe(await source.run(look));
  }, 60_000);

  it('waits for the end of a running cell, or takes what is there now', async () => {
    await source.run('n = 0');
    await source.begin('import time\nfor n in range(1, 41): time.sleep(0.1)');
    const now = await transfer(source.port, target.port, { names: ['n'], now: true }, options);
    expect(now.midCell).toBe(true);
    const early = Number(await target.run('shown = n'));
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(40);
    const later = await transfer(source.port, target.port, { names: ['n'] }, options);
    expect(later.midCell).toBe(false);
    expect(await target.run('shown = n')).toBe('40');
  }, 60_000);

  it('is called off while it waits for a cell, and never begins', async () => {
    await target.run('a = "kept"');
    await target.begin('import time; time.sleep(4)');
    const stop = new AbortController();
    const begun = Date.now();
    setTimeout(() => stop.abort(), 1500);
    const moving = transfer(
      source.port,
      target.port,
      { names: ['a'] },
      { ...options, signal: stop.signal }
    );
    await expect(moving).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(Date.now() - begun).toBeLessThan(3500);
    expect(await target.run('shown = a')).toBe('kept');
  }, 60_000);
});
