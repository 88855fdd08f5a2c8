import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeCertificates } from '../../../server/src/__tests__/support/certificates.js';
import { trustingFetch } from '../trust.js';

describe("a service whose certificate an authority of one's own has signed", () => {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-trust-'));
  const { authority, key, certificate } = makeCertificates(folder);
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    server.on('request', (request, response) => {
      if (request.url === '/none') {
        response.writeHead(204).end();
        return;
      }
      response.writeHead(request.url === '/refused' ? 409 : 200, {
        'content-type': 'text/plain',
        'x-method': request.method,
        'x-token': request.headers.authorization ?? '',
        'x-type': request.headers['content-type'] ?? '',
        'x-length': request.headers['content-length'] ?? 'unknown'
      });
      request.pipe(response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is asked as by fetch, with its authority', async () => {
    const send = trustingFetch(authority);
    const got = await send(`${url}/a`, { headers: { Authorization: 'Bearer x' } });
    expect([got.status, got.headers.get('x-method'), got.headers.get('x-token')]).toEqual([
      200,
      'GET',
      'Bearer x'
    ]);
    const json = { 'Content-Type': 'application/json' };
    const posted = await send(`${url}/b`, { method: 'POST', headers: json, body: '{"ä":1}' });
    expect(await posted.text()).toBe('{"ä":1}');
    expect([posted.headers.get('x-type'), posted.headers.get('x-length')]).toEqual([
      'application/json',
      '8'
    ]);
    expect((await send(`${url}/none`)).status).toBe(204);
    expect((await send(`${url}/refused`)).ok).toBe(false);
  });

  it('is sent large bodies, and read piece by piece', async () => {
    const body = new Blob([new Uint8Array(5_000_000).fill(7)]);
    const answer = await trustingFetch(authority)(url, { method: 'POST', body });
    let size = 0;
    for await (const part of answer.body ?? []) {
      size += part.length;
    }
    expect([size, answer.headers.get('x-length')]).toEqual([5_000_000, '5000000']);
  });

  it('is not trusted without it, and the sentence says what to do', async () => {
    await expect(trustingFetch(undefined)(url)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/certificate that is not trusted .*--ca-file/)
    });
    await expect(
      trustingFetch(authority)(url.replace('127.0.0.1', 'localhost'))
    ).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('can be waited for no longer', async () => {
    const aborted = new AbortController();
    const answer = trustingFetch(authority)(url, { signal: aborted.signal });
    aborted.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is not asked when the file of its authority is none', () => {
    const empty = join(folder, 'empty.pem');
    writeFileSync(empty, 'nothing');
    expect(() => trustingFetch(join(folder, 'missing.pem'))).toThrow(/can't be used \(ENOENT\)/);
    expect(() => trustingFetch(empty)).toThrow(/there is no certificate in it/);
  });
});
