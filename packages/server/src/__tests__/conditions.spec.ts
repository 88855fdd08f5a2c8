/** `ETag` with `If-None-Match` and `If-Match`, and `/readyz`: over HTTP, of services that really run. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { API_BASE, type IRuntimeResource } from '@jupyterlab-runtimes/core';

import { ask, type IAnswered } from './support/ask.js';
import { serviceWith } from './support/manyRuntimes.js';
import { TestService, until } from './support/testService.js';

describe('a change that says what it is made of', () => {
  let service: TestService;
  let path: string;
  let id: string;

  beforeAll(async () => {
    const made = await serviceWith(2);
    service = made.service;
    // The first is paused: it can be changed, and nothing else changes it.
    id = made.resources[0]?.id ?? '';
    path = `${API_BASE}/runtimes/${id}`;
  }, 60_000);
  afterAll(() => service.dispose(), 30_000);

  const call = (method: string, headers = {}, body?: object): Promise<IAnswered> =>
    ask(service.file.url, {
      ...{ method, path, headers, token: service.token },
      ...(body && { body: JSON.stringify(body) })
    });
  const tag = async (): Promise<string> => String((await call('GET')).headers.etag);

  it('is refused when somebody else was faster, and changes nothing', async () => {
    const read = await tag();
    const first = await call('PATCH', { 'If-Match': read }, { given_name: 'first' });
    expect(first.status).toBe(200);
    const second = await call('PATCH', { 'If-Match': read }, { given_name: 'second' });
    expect(second.status).toBe(412);
    expect(JSON.parse(second.text)).toMatchObject({
      code: 'CHANGED_MEANWHILE',
      detail: expect.stringMatching(/changed since you read it/)
    });
    expect((JSON.parse((await call('GET')).text) as IRuntimeResource).given_name).toBe('first');
  });

  it('is made with what is so now, with one of several, with *, and without saying', async () => {
    for (const known of [await tag(), `"older", ${await tag()}`, '*']) {
      expect(await call('PATCH', { 'If-Match': known }, {})).toMatchObject({ status: 200 });
    }
    expect(await call('PATCH', {}, { given_name: 'third' })).toMatchObject({ status: 200 });
  });

  it('is not sent again while nothing changed', async () => {
    const known = { 'If-None-Match': await tag() };
    expect(await call('GET', known)).toMatchObject({ status: 304, text: '' });
    await call('PATCH', {}, { given_name: 'fourth' });
    expect(await call('GET', known)).toMatchObject({ status: 200 });
  });

  it('is not an end by who does not know how it is', async () => {
    const read = await tag();
    await call('PATCH', {}, { given_name: 'fifth' });
    expect((await call('DELETE', { 'If-Match': read })).status).toBe(412);
    expect((await service.client.getRuntime(id)).state).toBe('paused');
    expect((await call('DELETE', { 'If-Match': await tag() })).status).toBe(202);
  });
});

describe('a service that is asked whether it is ready', () => {
  const service = new TestService({ args: ['--on-stop', 'pause'] });
  afterAll(() => service.dispose(), 60_000);

  const ready = async (): Promise<{ status: number; detail?: string; retryAfter?: string }> => {
    const { status, text, headers } = await ask(service.file.url, { path: '/readyz' });
    const { detail } = JSON.parse(text) as { detail?: string };
    return {
      status,
      ...(detail === undefined ? {} : { detail }),
      ...(headers['retry-after'] === undefined ? {} : { retryAfter: headers['retry-after'] })
    };
  };

  it('says so as soon as it listens, and no longer when it has been told to stop', async () => {
    await service.start();
    expect(await ready()).toEqual({ status: 200 });
    const runtime = await service.launch();
    const { url } = service.file;
    const stopped = service.signal('SIGTERM');
    // What it keeps of its runtime takes longer than the next question.
    let answer = await ready();
    await until(async () => {
      answer = await ready();
      return answer.status === 503;
    }, 'it is not ready any more');
    expect(answer).toMatchObject({
      detail: expect.stringMatching(/^The runtime service stops/),
      retryAfter: expect.stringMatching(/^\d+$/)
    });
    expect((await ask(url, { path: '/healthz' })).status).toBe(200);
    await stopped;
    await service.start();
    expect(await ready()).toEqual({ status: 200 });
    expect((await service.client.getRuntime(runtime.id)).state).toBe('paused');
  }, 90_000);
});
