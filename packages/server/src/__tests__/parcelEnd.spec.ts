import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

import { API_BASE, CHUNK_TYPE, MANIFEST_TYPE, type IParcel } from '@jupyterlab-runtimes/core';

import { ask } from './support/ask.js';
import { digestOf, manifestOf } from './support/parcels.js';
import { LONG, sleep, TestService, until } from './support/testService.js';

const SIZE = 64 * 1024;
const ROUNDS = LONG ? 100 : 8;

describe('a parcel that ends while it is written', () => {
  const service = new TestService();
  beforeAll(() => service.start(), 60_000);
  afterAll(() => service.dispose(), 30_000);

  const call = async (method: string, path: string, body?: string | Buffer, type?: string) =>
    ask(service.file.url, {
      ...{ method, path: `${API_BASE}${path}`, token: service.token },
      ...(body === undefined ? {} : { body }),
      ...(type === undefined ? {} : { type })
    });

  async function parcelOf(chunks: readonly Buffer[]): Promise<IParcel> {
    const parcel = JSON.parse((await call('POST', '/parcels', '{}')).text) as IParcel;
    const described = await call(
      ...(['PUT', `/parcels/${parcel.id}/manifest`, manifestOf(chunks), MANIFEST_TYPE] as const)
    );
    expect(described.status).toBe(200);
    return parcel;
  }

  /** Begin to put a chunk, with so much of it. */
  function begin(parcel: IParcel, chunk: Buffer, bytes: number): Socket {
    const { hostname, port } = new URL(service.file.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    const head = [
      `PUT ${API_BASE}/parcels/${parcel.id}/chunks/${digestOf(chunk)} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Authorization: Bearer ${service.token}`,
      `Content-Type: ${CHUNK_TYPE}`,
      `Content-Length: ${chunk.length}`,
      `Content-Range: bytes 0-${chunk.length - 1}/${chunk.length}`
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(chunk.subarray(0, bytes));
    return socket;
  }

  it('leaves nothing, whatever was on its way, and hangs up on who is silent', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const chunks = Array.from({ length: 8 }, () => randomBytes(SIZE));
      const parcel = await parcelOf(chunks);
      const sockets = chunks.map((chunk, index) => begin(parcel, chunk, (SIZE / 8) * (index + 1)));
      const closed = sockets.slice(0, -1).map(socket => once(socket.resume(), 'close'));
      await sleep(round % 8);
      expect((await call('DELETE', `/parcels/${parcel.id}`)).status).toBe(204);
      await Promise.all(closed);
      // Those whose last bytes had come are answered, and nothing of them stays either.
      sockets.at(-1)?.destroy();
      await until(() => !existsSync(parcel.folder), `nothing is left of round ${round}`);
      // What comes too late to be seen at once would make it anew.
      await sleep(20);
      expect([round, existsSync(parcel.folder)]).toEqual([round, false]);
    }
  }, 240_000);

  it('is told to who puts something into it afterwards', async () => {
    const chunk = randomBytes(SIZE);
    const parcel = await parcelOf([chunk]);
    await call('DELETE', `/parcels/${parcel.id}`);
    const { status, text } = await ask(service.file.url, {
      ...{ method: 'PUT', path: `${API_BASE}/parcels/${parcel.id}/chunks/${digestOf(chunk)}` },
      ...{ token: service.token, body: chunk, type: CHUNK_TYPE },
      headers: { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }
    });
    expect([status, text]).toEqual([404, expect.stringContaining('begin again')]);
    expect(existsSync(parcel.folder)).toBe(false);
  });
});
