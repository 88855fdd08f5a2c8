import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import { transfer } from '../transfer.js';
import type { IStateProgress } from '../progress.js';
import { withStandIn } from './support/standIn.js';
import { JupyterServer, type ITestKernel } from './support/jupyterServer.js';

const options = { randomId: randomUUID };
const sources = withStandIn(stateSources());

describe('variables from one kernel to another', () => {
  let server: JupyterServer;
  let source: ITestKernel;
  let target: ITestKernel;

  beforeAll(async () => {
    server = await JupyterServer.start();
    [source, target] = await Promise.all([server.kernel(sources), server.kernel(sources)]);
  }, 60_000);
  afterAll(() => server.stop(), 30_000);

  it.each(['nearby', 'messages'] as const)(
    'moves what was asked for (%s)',
    async transport => {
      await source.run('a = [1, 2, {"x": 3}]; b = a; c = "größe"');
      const report = await transfer(
        source.port,
        target.port,
        { names: ['a', 'b', 'c'], transport },
        options
      );
      expect(report).toMatchObject({
        restored: expect.arrayContaining(['a', 'b', 'c']),
        transport
      });
      expect(await target.run('shown = (a, c, a is b)')).toBe("([1, 2, {'x': 3}], 'größe', True)");
    },
    60_000
  );

  it('leaves nothing behind in namespace, history and count of cells', async () => {
    const look = 'shown = sorted(n for n in globals() if n[:2] != "_i"), len(In), len(Out), _, __';
    const before = await target.run(look);
    await transfer(source.port, target.port, { names: ['c'] }, options);
    const after = await target.run(look);
    const cells = Number(/\], (\d+)/.exec(before)?.[1]);
    expect(after).toBe(before.replace(`], ${cells}`, `], ${cells + 1}`));
  }, 60_000);

  it('moves 64 MiB by messages, and says how far it is', async () => {
    await source.run(
      'import os; big = os.urandom(64 << 20); import hashlib; shown = hashlib.md5(big).hexdigest()'
    );
    const digest = await source.run('pass');
    const seen: IStateProgress[] = [];
    const begun = performance.now();
    const report = await transfer(
      source.port,
      target.port,
      { names: ['big'], transport: 'messages' },
      { ...options, onProgress: progress => seen.push(progress) }
    );
    const seconds = (performance.now() - begun) / 1000;
    process.stderr.write(
      `64 MiB in ${seconds.toFixed(2)} s: ${(67.1 / seconds).toFixed(0)} MB/s\n`
    );
    expect(report.bytes).toBeGreaterThan(60e6);
    expect(await target.run('import hashlib; shown = hashlib.md5(big).hexdigest()')).toBe(digest);
    expect(seen.at(-1)?.bytes).toBe(seen.at(-1)?.totalBytes);
  }, 120_000);
});
