import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import {
  API_BASE,
  ParcelsClient,
  RuntimesClient,
  type IParcel,
  type RuntimeErrorCode
} from '@jupyterlab-runtimes/core';

import { freePort } from '../launchers/process/freePort.js';
import { digestOf, manifestOf } from './support/parcels.js';
import { sleep, TestService, until } from './support/testService.js';

const MIB = 1024 * 1024;
const CHUNKS = [randomBytes(9 * MIB), randomBytes(5), Buffer.alloc(0), randomBytes(3 * MIB)];

const parcelsOf = (service: TestService, token = service.token): ParcelsClient =>
  new ParcelsClient({ baseUrl: service.file.url, fetch, token });

describe('a state that goes straight to another service', () => {
  let target: TestService;
  let source: TestService;
  beforeAll(async () => {
    // Started anew, it has the address that was named.
    target = new TestService({ args: ['--port', String(await freePort())] });
    await target.start();
    source = new TestService({
      args: ['--peers', `${target.file.url}/, https://b.example/jupyter`]
    });
    await source.start();
  }, 60_000);
  afterAll(() => Promise.all([source.dispose(), target.dispose()]), 30_000);

  /** Full, as after a capture. */
  async function filled(): Promise<IParcel> {
    const client = parcelsOf(source);
    const { id } = await client.create();
    const manifest = new Uint8Array(manifestOf(CHUNKS));
    await client.describe(id, manifest);
    for (const chunk of CHUNKS) {
      await client.write(id, digestOf(chunk), 0, chunk.length, new Uint8Array(chunk));
    }
    expect(await client.describe(id, manifest)).toEqual({ missing: [] });
    return client.get(id);
  }

  async function over(id: string): Promise<IParcel> {
    const client = parcelsOf(source);
    await until(
      async () => (await client.get(id)).state !== 'sending',
      'the sending is over',
      60_000
    );
    return client.get(id);
  }

  const refused = (code: RuntimeErrorCode, message = '') => ({
    code,
    message: expect.stringContaining(message)
  });

  it('arrives whole, by a ticket of its parcel', async () => {
    const [there, here] = [parcelsOf(target), parcelsOf(source)];
    const { id: to } = await there.create();
    const { ticket } = await there.ticket(to);
    const { id } = await filled();
    const sending = await here.send(id, { url: target.file.url, parcel_id: to, ticket });
    expect(sending.state).toBe('sending');
    expect(await over(id)).toMatchObject({ state: 'sent', error: null, bytes: 12 * MIB + 5 });
    expect((await there.get(to)).state).toBe('ready');
    expect(await there.manifest(to)).toEqual(await here.manifest(id));
    for (const chunk of CHUNKS.filter(({ length }) => length > 0)) {
      const bytes = await there.read(to, digestOf(chunk), 0, chunk.length);
      expect(Buffer.from(bytes).equals(chunk)).toBe(true);
    }
  }, 60_000);

  it('goes nowhere that the operator has not named', async () => {
    const seen: string[] = [];
    const trap = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const { port } = trap.address() as AddressInfo;
    const { id } = await filled();
    const asked = { parcel_id: id, ticket: 'ticket' };
    for (const url of [
      `http://127.0.0.1:${port}`,
      `${target.file.url}/elsewhere`,
      `${target.file.url}?to=http://127.0.0.1:${port}`,
      target.file.url.replace('http://', `http://127.0.0.1:${port}@`),
      'file:///etc/passwd',
      'no address'
    ]) {
      await expect(parcelsOf(source).send(id, { url, ...asked })).rejects.toMatchObject(
        refused('FORBIDDEN', 'its operator can allow that (--peers)')
      );
    }
    expect(seen).toEqual([]);
    trap.close();
  }, 60_000);

  it('opens nothing else by its ticket, and that no longer than the parcel is there', async () => {
    const owners = parcelsOf(target);
    const { id } = await owners.create();
    const { id: other } = await owners.create();
    const { ticket: first } = await owners.ticket(id);
    const { ticket } = await owners.ticket(id);
    const holder = parcelsOf(target, ticket);
    expect((await holder.get(id)).state).toBe('receiving');
    await expect(parcelsOf(target, first).get(id)).rejects.toMatchObject(refused('UNAUTHORIZED'));
    await expect(parcelsOf(target, `${ticket}x`).get(id)).rejects.toMatchObject(
      refused('UNAUTHORIZED')
    );
    const runtimes = new RuntimesClient({ baseUrl: target.file.url, fetch, token: ticket });
    for (const asked of [
      holder.get(other),
      holder.create(),
      holder.remove(id),
      holder.ticket(id),
      holder.manifest(id),
      holder.restore(id, { runtime_id: `r${'0'.repeat(26)}` }),
      holder.send(id, { url: target.file.url, parcel_id: other, ticket }),
      runtimes.listRuntimes(),
      runtimes.launch({ environment_name: 'python' })
    ]) {
      await expect(asked).rejects.toMatchObject(refused('FORBIDDEN'));
    }
    const ingress = await fetch(`${target.file.url}/runtimes/r${'0'.repeat(26)}/api`, {
      headers: { Authorization: `Bearer ${ticket}` }
    });
    expect(ingress.status).toBe(403);
    await owners.remove(id);
    await expect(holder.get(id)).rejects.toMatchObject(refused('UNAUTHORIZED'));
  }, 60_000);

  it('says why it did not arrive, stays as it was, and can be sent again', async () => {
    const here = parcelsOf(source);
    const { id } = await filled();
    const lost = { parcel_id: `p${'0'.repeat(26)}`, ticket: `p${'0'.repeat(26)}.nobody's` };
    await here.send(id, { url: target.file.url, ...lost });
    expect(await over(id)).toMatchObject({ state: 'ready', error: { code: 'UNAUTHORIZED' } });
    const { id: to } = await parcelsOf(target).create();
    const { ticket } = await parcelsOf(target).ticket(to);
    const asked = { url: target.file.url, parcel_id: to, ticket };
    await target.signal('SIGKILL');
    await here.send(id, asked);
    expect(await over(id)).toMatchObject({ state: 'ready', error: { code: 'UNREACHABLE' } });
    expect(source.output).toContain('A state did not get straight to another service.');
    expect(source.output).not.toContain(ticket);
    await target.start();
    const again = await parcelsOf(target).create();
    await here.send(id, {
      url: target.file.url,
      parcel_id: again.id,
      ticket: (await parcelsOf(target).ticket(again.id)).ticket
    });
    expect(await over(id)).toMatchObject({ state: 'sent', error: null });
  }, 60_000);

  it('ends with the parcel that is sent', async () => {
    const here = parcelsOf(source);
    const { id } = await filled();
    const { id: to } = await parcelsOf(target).create();
    const { ticket } = await parcelsOf(target).ticket(to);
    await here.send(id, { url: target.file.url, parcel_id: to, ticket });
    await here.remove(id);
    await sleep(200);
    await expect(here.get(id)).rejects.toMatchObject(refused('NOT_FOUND'));
    const answer = await fetch(`${source.file.url}${API_BASE}/runtimes`, {
      headers: { Authorization: `Bearer ${source.token}` }
    });
    expect(answer.status).toBe(200);
  }, 60_000);
});
