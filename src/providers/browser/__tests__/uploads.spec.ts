/**
 * Files of Python's on their way to a server that takes them, without a browser.
 *
 * @jest-environment node
 */
import { ParcelsClient } from '@jupyterlab-runtimes/core';
import { createServer } from 'http';
import type { IncomingHttpHeaders, Server } from 'http';
import type { AddressInfo } from 'net';

import { sendFile } from '../sendFile';
import { Uploads } from '../worker/uploads';

interface IReceived {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const DIGEST = 'ab'.repeat(32);
const FILE = `/tmp/capture/chunks/ab/${DIGEST}`;
const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

let server: Server;
let baseUrl: string;
let received: IReceived[];
let answer: { status: number; text: string } | 'break' | 'wait';

beforeEach(async () => {
  received = [];
  answer = { status: 204, text: '' };
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { url = '', headers } = request;
      received.push({ url, headers, body: Buffer.concat(parts) });
      if (answer === 'break') {
        request.socket.destroy();
      } else if (answer !== 'wait') {
        response.writeHead(answer.status).end(answer.text);
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/user/me/`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

/** What a worker has: a file with room behind its bytes. */
function makeUploads(): Uploads {
  const room = new Uint8Array(2000);
  room.set(BYTES);
  const lookupPath = (path: string) => {
    if (path !== FILE) {
      throw new Error('ErrnoError 44');
    }
    return { node: { contents: room, usedBytes: BYTES.length } as never };
  };
  const requests = { headers: { Authorization: 'token secret' } };
  return new Uploads({ lookupPath }, `${baseUrl}jupyterlab-runtimes/`, requests);
}

/** @param path Below the server's base URL. */
function write(
  { start = 0, length = 1000, path = 'jupyterlab-runtimes' } = {},
  { signal, to = baseUrl, file = FILE }: { signal?: AbortSignal; to?: string; file?: string } = {}
): Promise<void> {
  const uploads = makeUploads();
  const kernel = {
    upload: (request: Parameters<Uploads['send']>[1], stop: AbortSignal) => {
      stop.addEventListener('abort', () => uploads.stop(1));
      return uploads.send(1, request);
    }
  };
  const address = { baseUrl: `${to}${path}`, fetch: jest.fn() };
  const range = { path: file, offset: start, length };
  return new ParcelsClient(address, '').writeThrough(
    (url, init = {}) => sendFile(kernel, baseUrl, url, init, range),
    'p1',
    { digest: DIGEST, start, length, size: 1000 },
    { signal }
  );
}

it('sends the very bytes of a range, with where they belong and who sends them', async () => {
  await write({ start: 100, length: 300 });
  const [{ url, headers, body }] = received;
  expect(url).toBe(`/user/me/jupyterlab-runtimes/parcels/p1/chunks/${DIGEST}`);
  expect([...body]).toEqual([...BYTES.subarray(100, 400)]);
  expect(headers).toMatchObject({
    authorization: 'token secret',
    'content-range': 'bytes 100-399/1000',
    'content-type': 'application/octet-stream'
  });
});

it("reaches a service's parcels, which are behind the same server", async () => {
  await write({ path: 'jupyterlab-runtimes/services/our%20own/api/runtimes/v1' });
  expect(received[0].body).toHaveLength(1000);
});

it.each([
  ['another server', { to: 'http://127.0.0.1:1/' }, {}],
  ['another user’s server', { to: 'http://127.0.0.1:1/user/you/' }, {}],
  ['something else of the server', {}, { path: 'jupyterlab-runtimes/browser' }],
  [
    'what only looks like a service',
    {},
    { path: 'jupyterlab-runtimes/services/../api/runtimes/v1' }
  ],
  ['the same in code', {}, { path: 'jupyterlab-runtimes/services/%2e%2e/api/runtimes/v1' }]
])('refuses to send to %s', async (_, options, place) => {
  await expect(write(place, options)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(received).toEqual([]);
});

it('says so when the file has not these bytes', async () => {
  const gone = { code: 'SNAPSHOT_NOT_FOUND' };
  await expect(write({}, { file: '/tmp/other' })).rejects.toMatchObject(gone);
  await expect(write({ start: 900, length: 200 })).rejects.toMatchObject(gone);
  expect(received).toEqual([]);
});

it("tells the server's own failure, and a connection that broke as one that can come back", async () => {
  answer = {
    status: 400,
    text: JSON.stringify({ code: 'SNAPSHOT_CORRUPT', detail: 'Other bytes.' })
  };
  await expect(write()).rejects.toMatchObject({
    code: 'SNAPSHOT_CORRUPT',
    message: 'Other bytes.'
  });
  answer = 'break';
  await expect(write()).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true });
});

it('ends the request when it is called off', async () => {
  answer = 'wait';
  const stop = new AbortController();
  const writing = write({}, { signal: stop.signal });
  const closed = new Promise(resolve =>
    server.once('request', ({ socket }) => socket.once('close', resolve))
  );
  server.once('request', () => stop.abort());
  await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
  await closed;
});
