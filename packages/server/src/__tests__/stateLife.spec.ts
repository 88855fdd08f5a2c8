/** Real kernels, real state: pause, resume, snapshots in and out, and what a signal does. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { IRestoreReport, ISnapshotResource } from '@jupyterlab-runtimes/core';

import { TestChannel } from './support/testChannel.js';
import { TestService, until } from './support/testService.js';

const API = '/api/runtimes/v1';
const JRS = 'application/vnd.jupyterlab-runtimes.snapshot';

describe('a runtime whose state is kept', () => {
  const service = new TestService({ args: ['--on-stop', 'pause'] });
  let id = '';

  beforeAll(async () => {
    await service.start();
    ({ id } = await service.launch('kept'));
  }, 40_000);
  afterAll(() => service.dispose(), 30_000);

  const run = async (code: string, runtimeId = id): Promise<string> => {
    const channel = new TestChannel(service, await service.client.getRuntime(runtimeId));
    try {
      return await channel.run(code);
    } finally {
      channel.close();
    }
  };

  async function call(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json'
  ): Promise<Response> {
    return fetch(`${service.file.url}${API}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${service.token}`,
        ...(body === undefined ? {} : { 'Content-Type': type })
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) })
    });
  }

  const resume = async (): Promise<void> => {
    await service.client.resume(id);
    await until(
      async () => (await service.client.getRuntime(id)).state === 'running',
      'it runs again'
    );
  };

  it('pauses and resumes with its variables, functions and what they share; its output stays', async () => {
    const channel = new TestChannel(service, await service.client.getRuntime(id));
    await channel.run('xs = [1, 2]; alias = xs\ndef double(n):\n    return n * len(xs)');
    const printed = channel.execute('print("before the pause")', { cellId: 'a-cell' });
    await channel.done(printed);
    channel.close();
    const paused = await service.client.pause(id);
    expect(paused).toMatchObject({ state: 'paused', kernel: null, state_reason: '' });
    expect(paused.snapshot_id).not.toBeNull();
    const find = async () =>
      (await service.client.executions(id)).find(({ msg_id: msgId }) => msgId === printed);
    expect(await find()).toMatchObject({ finished_at: expect.any(String) });
    const said = await service.client.executionMessages(id, printed);
    expect(said.some(frame => Buffer.from(frame).includes('before the pause'))).toBe(true);

    await resume();
    expect(await run('alias.append(3); print(double(10))')).toBe('30\n');
    expect(await find()).toBeDefined();
    // What the new kernel says is delivered after a kill of the service as well.
    await service.signal('SIGKILL');
    await service.start();
    expect(await run('print(double(1))')).toBe('3\n');
  }, 60_000);

  it('names what it cannot carry, and goes on running unless that may stay behind', async () => {
    await run('gen = (n for n in range(3)); next(gen)');
    await expect(service.client.pause(id)).rejects.toMatchObject({
      code: 'STATE_NOT_CARRIED',
      message: expect.stringMatching(/"kept" goes on running: gen \(.+\) can't be kept/)
    });
    expect((await service.client.getRuntime(id)).state).toBe('running');
    expect(await run('print(next(gen))')).toBe('1\n');
    await service.client.pause(id, { leave: ['gen'] });
    await resume();
    expect(await run('print("gen" in globals(), len(xs))')).toBe('False 3\n');
  }, 60_000);

  it('takes a snapshot, loads it, exports and imports it, and launches from it', async () => {
    const taken = await call('POST', `/runtimes/${id}/snapshots`, { name: 'Ünïcode ✓' });
    expect(taken.status).toBe(201);
    const snapshot = (await taken.json()) as ISnapshotResource;
    expect(snapshot).toMatchObject({
      name: 'Ünïcode ✓',
      kind: 'manual',
      runtime_id: id,
      verified: true,
      mid_cell: false,
      skipped: []
    });
    await run('xs.clear(); other = 1');
    const restored = await call('POST', `/runtimes/${id}/restore`, { snapshot_id: snapshot.id });
    const report = (await restored.json()) as IRestoreReport;
    expect(report.restored).toEqual(expect.arrayContaining(['xs', 'alias', 'double']));
    expect(await run('print(xs, alias is xs, other)')).toBe('[1, 2, 3] True 1\n');

    const file = new Uint8Array(
      await (await call('GET', `/snapshots/${snapshot.id}/export`)).arrayBuffer()
    );
    const imported = await call('POST', '/snapshots:import?name=again', file, JRS);
    expect(imported.status).toBe(201);
    const again = (await imported.json()) as ISnapshotResource;
    expect(again).toMatchObject({ name: 'again', verified: true, size_bytes: snapshot.size_bytes });
    expect(again.id).not.toBe(snapshot.id);

    const broken = file.slice();
    broken[100] ^= 1;
    expect(await (await call('POST', '/snapshots:import', broken, JRS)).json()).toMatchObject({
      code: 'SNAPSHOT_CORRUPT'
    });
    expect(
      await (await call('POST', '/snapshots:import', file.slice(0, -10), JRS)).json()
    ).toMatchObject({ code: 'SNAPSHOT_CORRUPT' });

    await call('DELETE', `/snapshots/${snapshot.id}`);
    const { id: other } = await service.client.launch({
      environment_name: 'python',
      snapshot_id: again.id
    });
    expect((await service.settled(other)).state).toBe('running');
    expect(await run('print(xs, double(2))', other)).toBe('[1, 2, 3] 6\n');
    await service.client.terminate(other);
  }, 60_000);

  it('moves a snapshot chunk by chunk, as a page does', async () => {
    const [snapshot] = (await service.client.listSnapshots()).slice(-1);
    const manifest = new Uint8Array(
      await (await call('GET', `/snapshots/${snapshot.id}/manifest`)).arrayBuffer()
    );
    const text = Buffer.from(manifest).toString();
    const { chunks } = JSON.parse(text.slice(0, text.indexOf('\n'))) as {
      chunks: { digest: string }[];
    };
    const digests = [...chunks.map(({ digest }) => digest), 'f'.repeat(64)];
    const missing = await call('POST', '/chunks:missing', { digests });
    expect(await missing.json()).toEqual({ missing: ['f'.repeat(64)] });
    const octets = 'application/octet-stream';
    for (const { digest } of chunks) {
      const bytes = new Uint8Array(await (await call('GET', `/chunks/${digest}`)).arrayBuffer());
      expect((await call('PUT', `/chunks/${digest}`, bytes, octets)).status).toBe(204);
    }
    const wrong = await call('PUT', `/chunks/${'f'.repeat(64)}`, new Uint8Array([1]), octets);
    expect(await wrong.json()).toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
    const type = 'application/vnd.jupyterlab-runtimes.manifest';
    const added = await call('POST', '/snapshots?name=from%20a%20page&own=true', manifest, type);
    expect(await added.json()).toMatchObject({ name: 'from a page', verified: true });
  }, 30_000);

  it('keeps a foreign snapshot to data until its code has been accepted', async () => {
    const taken = await call('POST', `/runtimes/${id}/snapshots`, {});
    const { id: snapshotId } = (await taken.json()) as ISnapshotResource;
    const file = new Uint8Array(
      await (await call('GET', `/snapshots/${snapshotId}/export`)).arrayBuffer()
    );
    const stranger = new TestService();
    try {
      await stranger.start();
      const runtime = await stranger.launch('elsewhere');
      const headers = { Authorization: `Bearer ${stranger.token}` };
      const base = `${stranger.file.url}${API}`;
      const imported = await fetch(`${base}/snapshots:import`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': JRS },
        body: file
      });
      const foreign = (await imported.json()) as ISnapshotResource;
      expect(foreign.verified).toBe(false);
      const load = async (accept: boolean): Promise<IRestoreReport> => {
        const response = await fetch(`${base}/runtimes/${runtime.id}/restore`, {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: JSON.stringify({ snapshot_id: foreign.id, accept_code: accept })
        });
        return (await response.json()) as IRestoreReport;
      };
      const data = await load(false);
      expect(data.restored).toContain('xs');
      expect(data.restored).not.toContain('double');
      expect(data.skipped.map(({ name }) => name)).toContain('double');
      expect((await load(true)).restored).toContain('double');
    } finally {
      await stranger.dispose();
    }
  }, 60_000);

  it('pauses on a signal what can be paused; what runs a cell is copied, and found running', async () => {
    const { id: busy } = await service.launch('busy');
    await run('held = "kept"', busy);
    const channel = new TestChannel(service, await service.client.getRuntime(busy));
    channel.execute('import time\nwhile True: time.sleep(0.1)');
    await until(() => channel.unacknowledged.length === 0, 'the cell runs');
    channel.close();
    await service.signal('SIGTERM');
    await service.start();
    expect(await service.client.getRuntime(id)).toMatchObject({
      state: 'paused',
      state_reason: 'The runtime service was stopped. Its variables are kept.'
    });
    const found = await service.client.getRuntime(busy);
    expect(found.state).toBe('running');
    const copies = (await service.client.listSnapshots()).filter(
      ({ runtime_id: runtimeId }) => runtimeId === busy
    );
    expect(copies).toMatchObject([{ kind: 'safety', mid_cell: true }]);
  }, 60_000);
});
