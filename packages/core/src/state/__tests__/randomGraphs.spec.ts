/** Random object graphs from kernel to kernel of a real Jupyter Server, by each way that a page takes: none comes back otherwise. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import { ParcelsClient } from '../../client/parcelsClient.js';
import type { KernelPort } from '../kernelPort.js';
import { transfer, type ITransferPlan, type ITransferReport } from '../transfer.js';
import { fetchByParcel, sendByParcel } from '../transferByParcel.js';
import { JupyterServer, ROOT, type ITestKernel } from './support/jupyterServer.js';

const COUNT = process.env['JUPYTERLAB_RUNTIMES_TEST_LONG'] === '1' ? 10_000 : 200;
/** Graphs that go together: the making of a transfer costs more than they do. */
const PACK = 200;
const GRAPHS = join(ROOT, 'jupyterlab_runtimes', 'tests', 'state', 'graph');

const options = { randomId: randomUUID };
const sources = stateSources();

type Way = (
  source: KernelPort,
  target: KernelPort,
  plan: ITransferPlan
) => Promise<ITransferReport>;

describe('random object graphs', () => {
  let server: JupyterServer;
  let source: ITestKernel;
  let target: ITestKernel;
  let client: ParcelsClient;

  beforeAll(async () => {
    server = await JupyterServer.start({ hasOurs: true });
    [source, target] = await Promise.all([server.kernel(sources), server.kernel(sources)]);
    for (const kernel of [source, target]) {
      await kernel.run(
        `import sys; sys.path.insert(0, ${JSON.stringify(GRAPHS)}); import random_graphs`
      );
    }
    const { place, token } = server.address;
    const headers = { Authorization: `token ${token}` };
    const address = { baseUrl: `http://127.0.0.1:${place.port}`, fetch, headers };
    client = new ParcelsClient(address, '/jupyterlab-runtimes');
  }, 120_000);
  afterAll(() => server.stop(), 30_000);

  const ways: readonly (readonly [string, Way])[] = [
    ['files', (from, to, plan) => transfer(from, to, { ...plan, transport: 'nearby' }, options)],
    [
      'messages',
      (from, to, plan) => transfer(from, to, { ...plan, transport: 'messages' }, options)
    ],
    [
      'HTTP to the server',
      (from, to, plan) => sendByParcel(client, from, { port: to }, plan, options)
    ],
    [
      'HTTP from the server',
      (from, to, plan) => fetchByParcel(client, { port: from }, to, plan, options)
    ]
  ];

  it.each(ways)(
    `come as they were by %s (${COUNT})`,
    async (_, way) => {
      for (let first = 0; first < COUNT; first += PACK) {
        const seeds = `range(${first}, ${first + PACK})`;
        const made = `globals().update(random_graphs.pack(${seeds})); shown = len(random_graphs.names(${seeds}))`;
        const count = Number(await source.run(made));
        expect(count).toBe(4 * PACK);
        const names = Array.from({ length: count }, (_, i) => `g${first + (i >> 2)}_v${i % 4}`);
        const report = await way(source.port, target.port, { names });
        expect(report.skipped).toEqual([]);
        expect(report.restored).toHaveLength(count);
        await report.verified;
        expect(await target.run(`shown = random_graphs.take_out(${seeds}, globals())`)).toBe('[]');
        await source.run(`shown = random_graphs.take_out(${seeds}, globals())`);
      }
    },
    60_000 + COUNT * 100
  );
});
