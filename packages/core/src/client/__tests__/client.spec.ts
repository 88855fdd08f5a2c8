import { describe, expect, it } from '@jest/globals';

import { RuntimeError } from '../../errors.js';
import { EventStreamParser } from '../eventStream.js';
import { frameHead, splitFrames } from '../frames.js';
import type { Fetch } from '../request.js';
import { RuntimesClient } from '../runtimesClient.js';

const INFO = {
  service_id: 's',
  version: '0.1.0',
  api_version: '1.0',
  started_at: '',
  pid: 1,
  user: 'u'
};

const answer = (status: number, body: unknown, type = 'application/json'): Fetch => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return async () => new Response(text, { status, headers: { 'Content-Type': type } });
};

const clientOf = (fetch: Fetch, timeoutMs?: number): RuntimesClient =>
  new RuntimesClient({ baseUrl: 'http://service:1/', label: 'lab-gpu', fetch, timeoutMs });

async function failure(work: Promise<unknown>): Promise<RuntimeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RuntimeError) {
      return error;
    }
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('the client', () => {
  it("throws a problem as its code, with the service's own sentence", async () => {
    const problem = { code: 'ENVIRONMENT_BROKEN', detail: 'No Python: repair it.', status: 422 };
    const error = await failure(clientOf(answer(422, problem)).launch({ environment_name: 'x' }));
    expect(error).toMatchObject({ code: 'ENVIRONMENT_BROKEN', message: 'No Python: repair it.' });
    expect(error.retryable).toBe(false);
  });

  it('names the service when it can not be reached', async () => {
    const refuse: Fetch = async () => {
      throw new TypeError('fetch failed');
    };
    const error = await failure(clientOf(refuse).listRuntimes());
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
    expect(error.message).toContain('lab-gpu');
  });

  it.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [502, 'UNREACHABLE'],
    [504, 'TIMED_OUT'],
    [500, 'INTERNAL']
  ])('takes HTTP %i of something in between for %s', async (status, code) => {
    const error = await failure(clientOf(answer(status, '<html>', 'text/html')).service());
    expect(error.code).toBe(code);
  });

  it('takes an answer that is not JSON for a wrong address', async () => {
    const error = await failure(clientOf(answer(200, '<html>', 'text/html')).service());
    expect(error.code).toBe('INVALID_REQUEST');
    expect(error.message).toMatch(/lab-gpu.*check its URL/);
  });

  it('gives up a service that does not answer', async () => {
    const hang: Fetch = (_url, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      });
    expect((await failure(clientOf(hang, 20).service())).code).toBe('TIMED_OUT');
  });

  it('rejects with the reason of its signal', async () => {
    const stop = new AbortController();
    stop.abort(new Error('not wanted any more'));
    const work = clientOf(answer(200, INFO)).service({ signal: stop.signal });
    await expect(work).rejects.toThrow('not wanted any more');
  });

  it('refuses a service of another major version', async () => {
    const error = await failure(clientOf(answer(200, { ...INFO, api_version: '2.3' })).service());
    expect(error.code).toBe('VERSION_MISMATCH');
    expect(error.message).toMatch(/2\.3.*1\.0/);
    const minor = clientOf(answer(200, { ...INFO, api_version: '1.9' }));
    await expect(minor.service()).resolves.toMatchObject({ api_version: '1.9' });
  });

  it('reads lists to their end', async () => {
    const asked: string[] = [];
    const pages: Fetch = async url => {
      asked.push(url);
      const isFirst = !url.includes('cursor');
      return new Response(
        JSON.stringify({ items: [isFirst ? 1 : 2], next_cursor: isFirst ? 'c' : null })
      );
    };
    expect(await clientOf(pages).listRuntimes()).toEqual([1, 2]);
    expect(asked[1]).toBe('http://service:1/api/runtimes/v1/runtimes?cursor=c');
  });
});

describe('the watch', () => {
  const stream =
    (text: string): Fetch =>
    async () =>
      new Response(text);

  it('tells known events, passes over others, and fails when the link ends', async () => {
    const text =
      ': hello\n\nid: e:1\nevent: runtimes\ndata: {"items":[]}\n\n' +
      'id: e:2\nevent: of_the_future\ndata: {}\n\n' +
      'id: e:3\nevent: runtime_removed\ndata: {"id":"r"}\n\n';
    const events: unknown[] = [];
    const watching = (async () => {
      for await (const event of clientOf(stream(text)).watchRuntimes()) {
        events.push(event);
      }
    })();
    expect((await failure(watching)).code).toBe('UNREACHABLE');
    expect(events).toEqual([
      { type: 'runtimes', eventId: 'e:1', items: [] },
      { type: 'runtime_removed', eventId: 'e:3', id: 'r' }
    ]);
  });

  it('fails when the link falls silent, and returns when it is aborted', async () => {
    const silent: Fetch = async (_url, init) =>
      new Response(
        new ReadableStream({
          start: controller =>
            init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
        })
      );
    const watching = clientOf(silent).watchRuntimes({ silenceMs: 20 });
    expect((await failure(watching.next())).code).toBe('UNREACHABLE');
    const stop = new AbortController();
    const aborted = clientOf(silent).watchRuntimes({ signal: stop.signal });
    const next = aborted.next();
    setTimeout(() => stop.abort(), 10);
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('parses events wherever the stream is cut', () => {
    const text = 'id: 1\r\nevent: a\r\ndata: x\r\ndata: y\r\n\r\n: c\n\ndata:z\n\n';
    const expected = [
      { id: '1', type: 'a', data: 'x\ny' },
      { id: '1', type: 'message', data: 'z' }
    ];
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new EventStreamParser();
      expect([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))]).toEqual(
        expected
      );
    }
  });
});

describe('messages in one body', () => {
  it('are split as they were joined, and refused when the body is cut', () => {
    const parts = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)];
    const body = Uint8Array.from(parts.flatMap(part => [...frameHead(part.length), ...part]));
    expect(splitFrames(body.buffer).map(each => [...new Uint8Array(each)])).toEqual([
      [1, 2, 3],
      [],
      [4]
    ]);
    expect(() => splitFrames(body.slice(0, -1).buffer)).toThrow(RuntimeError);
    expect(() => splitFrames(body.slice(0, 9).buffer)).toThrow(RuntimeError);
  });
});
