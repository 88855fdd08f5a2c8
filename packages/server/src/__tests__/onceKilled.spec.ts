/** The service kills itself between what a request does and its kept answer; the client asks again with the same key. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { API_BASE, type IRuntimeResource } from '@jupyterlab-runtimes/core';

import { ask } from './support/ask.js';
import { execute } from './support/execute.js';
import { LONG, TestService, until } from './support/testService.js';

/** What it is killed before, as a pattern of statements. */
const POINTS = {
  'the write of what it does': 'INSERT INTO runtimes',
  'the write of its key': 'INTO idempotency',
  'the end of that transaction': 'COMMIT',
  'the write of its answer': 'INTO answers'
};
type Point = keyof typeof POINTS;
const ALL = Object.keys(POINTS) as Point[];
const ANSWER: Point = 'the write of its answer';
/** Those that begin or end processes take seconds each. */
const SLOW_POINTS = LONG ? ALL : [ANSWER];

describe('a request with a key, and a service that is killed before it answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-die-'));
  const dieAt = join(folder, 'statement');
  const service = new TestService({
    execArgs: [
      '--import',
      pathToFileURL(join(import.meta.dirname, 'support/dieAtStatement.mjs')).href
    ],
    env: { JUPYTERLAB_RUNTIMES_TEST_DIE_AT: dieAt }
  });
  let runtime: IRuntimeResource;
  let keys = 0;

  beforeAll(() => service.start().then(() => undefined), 30_000);
  afterAll(async () => {
    await service.dispose();
    rmSync(folder, { recursive: true });
  }, 60_000);

  /** Ask, see it killed, start it again, ask again; the second answer. */
  async function twice(
    point: Point,
    path: string,
    body: object | undefined,
    between: () => Promise<void> = async () => undefined
  ): Promise<IRuntimeResource> {
    const key = `key-${++keys}`;
    const once = () =>
      ask(service.file.url, {
        method: 'POST',
        path: `${API_BASE}${path}`,
        token: service.token,
        headers: { 'Idempotency-Key': key },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      });
    writeFileSync(dieAt, POINTS[point]);
    await expect(once()).rejects.toThrow();
    await service.ended();
    expect(existsSync(dieAt)).toBe(false);
    await service.start();
    await between();
    const { status, text } = await once();
    expect({ point, path, isYes: status < 300, text }).toMatchObject({ isYes: true });
    return JSON.parse(text) as IRuntimeResource;
  }

  const now = (id = runtime.id): Promise<IRuntimeResource> => service.client.getRuntime(id);

  it.each(SLOW_POINTS)(
    'launches one runtime when killed before %s',
    async point => {
      const before = (await service.client.listRuntimes()).length;
      const body = { environment_name: 'python', reservation_minutes: 60 };
      const { id } = await twice(point, '/runtimes', body);
      expect(await service.client.listRuntimes()).toHaveLength(before + 1);
      runtime = await service.settled(id);
      expect(runtime.state).toBe('running');
    },
    60_000
  );

  it.each(ALL)(
    'extends it once when killed before %s',
    async point => {
      const { reservation } = await now();
      await twice(point, `/runtimes/${runtime.id}/extend`, { minutes: 7 });
      expect((await now()).reservation?.minutes).toBe((reservation?.minutes ?? 0) + 7);
    },
    60_000
  );

  it.each(SLOW_POINTS)(
    'pauses it once when killed before %s, and resumes it once',
    async point => {
      await execute(service, await now(), 'x = 41');
      // It was done before the kill, or it is done by the second request.
      await twice(point, `/runtimes/${runtime.id}/pause`, {});
      expect((await now()).state).toBe('paused');
      await twice(point, `/runtimes/${runtime.id}/resume`, undefined);
      const resumed = await service.settled(runtime.id);
      expect((await execute(service, resumed, 'print(x + 1)')).trim()).toBe('42');
    },
    120_000
  );

  it('does not pause what was resumed before the second request came', async () => {
    const answer = await twice(ANSWER, `/runtimes/${runtime.id}/pause`, {}, async () => {
      expect((await now()).state).toBe('paused');
      await service.client.resume(runtime.id);
      await service.settled(runtime.id);
    });
    expect(answer.state).toBe('running');
    expect((await now()).state).toBe('running');
  }, 60_000);

  it('ends it once, whatever was written of that', async () => {
    writeFileSync(dieAt, POINTS['the write of what it does']);
    await expect(service.client.terminate(runtime.id)).rejects.toThrow();
    await service.ended();
    await service.start();
    await service.client.terminate(runtime.id);
    await until(
      async () => (await now()).state === 'terminated',
      'it has ended, and is not there twice'
    );
  }, 60_000);
});
