import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import { ParcelsClient } from '../../client/parcelsClient.js';
import type { Fetch } from '../../client/request.js';
import type { SendFile } from '../sendFile.js';
import { fetchByParcel, sendByParcel } from '../transferByParcel.js';
import { JupyterServer, type ITestKernel } from './support/jupyterServer.js';

const options = { randomId: randomUUID };
const sources = stateSources();
const MIB = 1 << 20;
/** A byte in the middle of the first chunk of `array`, the only one that begins with a zero. */
const FLIP = `
import glob, os
for path in glob.glob(folders + "/*/chunks/*/*"):
    with open(path, "r+b") as file:
        if os.path.getsize(path) >= 1 << 20 and not any(file.read(8)):
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 1]))
`;

describe('variables between page and server by HTTP', () => {
  let server: JupyterServer;
  /** Stands for a kernel that only the page reaches. */
  let inPage: ITestKernel;
  let local: ITestKernel;
  let digest: string;

  beforeAll(async () => {
    server = await JupyterServer.start({ hasOurs: true });
    [inPage, local] = await Promise.all([server.kernel(sources), server.kernel(sources)]);
    await inPage.run(`import os, hashlib; big = os.urandom(${24 * MIB}); small = {"a": 1}`);
    digest = await inPage.run('shown = hashlib.sha256(big).hexdigest()');
  }, 120_000);
  afterAll(() => server.stop(), 30_000);

  const clientWith = (send: Fetch): ParcelsClient => {
    const { place, token } = server.address;
    const headers = { Authorization: `token ${token}` };
    return new ParcelsClient(
      { baseUrl: `http://127.0.0.1:${place.port}`, fetch: send, headers },
      '/jupyterlab-runtimes'
    );
  };
  /** What is verified while cells run stays until then. */
  const nothingIsLeft = async (): Promise<void> => {
    const look = `import glob; shown = glob.glob(${JSON.stringify(server.folder)} + "/jupyterlab-runtimes-transfers-*/*")`;
    const deadline = performance.now() + 10_000;
    while ((await local.run(look)) !== '[]') {
      expect(performance.now()).toBeLessThan(deadline);
    }
  };
  const sumOf = (kernel: ITestKernel): Promise<string> =>
    kernel.run('import hashlib; shown = hashlib.sha256(big).hexdigest()');

  it('go there and back, and nothing stays on the way', async () => {
    const plan = { names: ['big', 'small'] };
    const client = clientWith(fetch);
    const sent = await sendByParcel(client, inPage.port, { port: local.port }, plan, options);
    expect(sent).toMatchObject({ transport: 'http', skipped: [] });
    expect([...sent.restored].sort()).toEqual(plan.names);
    expect(await sumOf(local)).toBe(digest);
    await inPage.run('big = None');
    const back = await fetchByParcel(client, { port: local.port }, inPage.port, plan, options);
    expect(back.bytes).toBeGreaterThan(24 * MIB);
    expect(await sumOf(inPage)).toBe(digest);
    await nothingIsLeft();
  }, 60_000);

  it('go on after a connection that broke, and keep what had come', async () => {
    let failures = 0;
    let bytes = 0;
    const failing: Fetch = async (url, init) => {
      if (init?.method === 'PUT' && url.includes('/chunks/')) {
        const body = init.body as Uint8Array<ArrayBuffer>;
        bytes += body.length;
        if (failures < 3 && bytes > (failures + 1) * 5 * MIB) {
          failures += 1;
          // It arrives, or half of it does, and the answer does not.
          if (failures % 2 === 1) {
            await fetch(url, init);
          }
          throw new TypeError('fetch failed');
        }
      }
      return fetch(url, init);
    };
    await local.run('big = None');
    const client = clientWith(failing);
    const plan = { names: ['big'] };
    await sendByParcel(client, inPage.port, { port: local.port }, plan, options);
    expect(failures).toBe(3);
    // Four pieces at most are under way at a time.
    expect(bytes).toBeLessThan((24 + 3 * 4 * 4) * MIB);
    expect(await sumOf(local)).toBe(digest);
  }, 60_000);

  it('are sent by the kernel itself where it can, and go on after a connection that broke', async () => {
    await local.run('big = None');
    let sent = 0;
    const sendFile: SendFile = async (url, init, { path, offset, length }) => {
      const body = new Uint8Array(readFileSync(path).subarray(offset, offset + length));
      sent += 1;
      if (sent === 3) {
        throw new TypeError('fetch failed');
      }
      const headers = {
        ...(init.headers as object),
        Authorization: `token ${server.address.token}`
      };
      return fetch(url, { ...init, headers, body });
    };
    const reading = jest.spyOn(inPage.port, 'request');
    jest.spyOn(inPage.port, 'sendFile', 'get').mockReturnValue(sendFile);
    const plan = { names: ['big'] };
    const noBytes: Fetch = (url, init) =>
      url.includes('/chunks/') ? Promise.reject(new Error('not here')) : fetch(url, init);
    await sendByParcel(clientWith(noBytes), inPage.port, { port: local.port }, plan, options);
    expect(await sumOf(local)).toBe(digest);
    expect(reading.mock.calls.map(([op]) => op)).not.toContain('read');
    jest.restoreAllMocks();
  }, 60_000);

  it('are taken back when they are called off', async () => {
    await local.run('big = 7');
    const stop = new AbortController();
    const onProgress = ({ stage, bytes }: { stage: string; bytes: number }): void => {
      if (stage === 'move' && bytes > 6 * MIB) {
        stop.abort();
      }
    };
    const all = { ...options, signal: stop.signal, onProgress };
    const plan = { names: ['big'] };
    const sending = sendByParcel(clientWith(fetch), inPage.port, { port: local.port }, plan, all);
    await expect(sending).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await local.run('shown = big')).toBe('7');
    await nothingIsLeft();
  }, 60_000);

  it('are in use before big arrays are verified, and damage is told and taken out', async () => {
    await inPage.run('import numpy; array = numpy.arange(4 << 20); other = array + 1');
    const damaging: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (init?.method === 'PUT' && url.endsWith('/manifest')) {
        const { missing } = (await response.clone().json()) as { missing: unknown[] };
        if (missing.length === 0) {
          await local.run(FLIP);
        }
      }
      return response;
    };
    await local.run(
      `folders = ${JSON.stringify(server.folder)} + "/jupyterlab-runtimes-transfers-*"`
    );
    const plan = { names: ['array', 'other'] };
    const target = { port: local.port };
    const sent = await sendByParcel(clientWith(damaging), inPage.port, target, plan, options);
    expect([...sent.restored].sort()).toEqual(plan.names);
    const { lost, failure } = await sent.verified;
    expect({ lost, code: failure?.code }).toEqual({ lost: ['array'], code: 'SNAPSHOT_CORRUPT' });
    expect(failure?.message).toContain('array');
    expect(await local.run('shown = "array" in globals(), int(other[-1])')).toBe(
      '(False, 4194304)'
    );
    await nothingIsLeft();
  }, 60_000);

  it('are refused when other bytes arrive than were sent', async () => {
    const flipping: Fetch = async (url, init) => {
      if (init?.method === 'PUT' && url.includes('/chunks/')) {
        const body = (init.body as Uint8Array<ArrayBuffer>).slice();
        body[body.length >> 1] ^= 1;
        return fetch(url, { ...init, body });
      }
      return fetch(url, init);
    };
    const plan = { names: ['big'] };
    const client = clientWith(flipping);
    const sending = sendByParcel(client, inPage.port, { port: local.port }, plan, options);
    await expect(sending).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
    expect(await local.run('shown = big')).toBe('7');
  }, 60_000);
});
