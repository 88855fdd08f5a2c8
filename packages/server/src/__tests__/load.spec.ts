import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, get, request } from 'node:http';
import { join } from 'node:path';

import { API_BASE, type IPage, type IRuntimeResource } from '@jupyterlab-runtimes/core';

import { ask } from './support/ask.js';
import { serviceWith } from './support/manyRuntimes.js';
import { LONG, sleep, until, type TestService } from './support/testService.js';

const RUNTIMES = 1000;
const PAGE = 50;
const WATCHERS = 100;
const CONNECTIONS = 8;
/** How long lists are asked for at each side in turn, milliseconds. */
const TURN_MS = 1000;
const LASTS_MS = LONG ? 600_000 : 14_000;
const CHANGE_EVERY_MS = 400;
/** Of Fastify that serialises the same objects from memory. */
const LEAST_RATIO = 0.4;
const MOST_BYTES = 200e6;
/** What a flat line may rise by from the first half of the time to the second. */
const FLAT_BYTES = 20e6;

describe('a service with a thousand runtimes on record', () => {
  let service: TestService;
  let resources: IRuntimeResource[];
  let baseline: ChildProcess;
  let baselineUrl: string;

  beforeAll(async () => {
    ({ service, resources } = await serviceWith(RUNTIMES));
    const file = join(service.folder, 'resources.json');
    writeFileSync(file, JSON.stringify(resources));
    const script = join(import.meta.dirname, 'support', 'fastifyBaseline.mjs');
    baseline = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = (await once(baseline.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    baselineUrl = url.toString();
  }, 60_000);
  afterAll(async () => {
    baseline?.kill();
    await service?.dispose();
  }, 30_000);

  const authorization = (): string => `Bearer ${service.token}`;

  it('gives each of them once, in pages, while others come and go', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const rest = cursor === null ? '' : `&cursor=${cursor}`;
      const { text } = await ask(service.file.url, {
        path: `${API_BASE}/runtimes?limit=${PAGE}${rest}`,
        token: service.token
      });
      const page = JSON.parse(text) as IPage<IRuntimeResource>;
      expect(page.items.length).toBeLessThanOrEqual(PAGE);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
      // One that was given already is taken off the list: nothing moves up into its place.
      const failed = page.items.find(({ state }) => state === 'failed');
      if (seen.length === PAGE && failed) {
        await service.client.terminate(failed.id);
        await until(
          async () => (await service.client.listRuntimes()).length === RUNTIMES - 1,
          'it is off the list'
        );
      }
    } while (cursor);
    expect(seen).toEqual(resources.map(({ id }) => id));
  }, 30_000);

  it(
    `lists at ${LEAST_RATIO} of what Fastify does at least, to ${WATCHERS} watchers beside, in little memory`,
    async () => {
      const watchers = await Promise.all(
        Array.from({ length: WATCHERS }, () => watch(`${service.file.url}${API_BASE}/events`))
      );
      const paused = resources.filter(({ state }) => state === 'paused');
      let isOver = false;
      let changes = 0;
      const changing = (async () => {
        for (; !isOver; changes++) {
          await service.client.change(paused[changes % paused.length]?.id ?? '', {
            given_name: `Runtime with change ${changes}`
          });
          await sleep(CHANGE_EVERY_MS);
        }
      })();
      const ours: number[] = [];
      const theirs: number[] = [];
      const memory: number[] = [];
      const end = Date.now() + LASTS_MS;
      await pagesPerSecond(`${service.file.url}${API_BASE}/runtimes`, authorization());
      await pagesPerSecond(`${baselineUrl}/runtimes`, '');
      while (Date.now() < end) {
        ours.push(await pagesPerSecond(`${service.file.url}${API_BASE}/runtimes`, authorization()));
        theirs.push(await pagesPerSecond(`${baselineUrl}/runtimes`, ''));
        memory.push(await residentBytes());
      }
      isOver = true;
      await changing;
      await until(
        () => watchers.every(({ events }) => events() >= changes),
        'every watcher heard every change'
      );
      expect(new Set(watchers.map(({ events }) => events()))).toEqual(new Set([changes]));
      watchers.forEach(({ close }) => close());
      const ratio = median(ours.map((value, i) => value / (theirs[i] ?? NaN)));
      const half = Math.ceil(memory.length / 2);
      const figures = {
        pages_per_second: Math.round(median(ours)),
        of_fastify: Math.round(median(theirs)),
        ratio: Number(ratio.toFixed(2)),
        changes,
        resident_mb: memory.map(bytes => Math.round(bytes / 1e6)).slice(-20)
      };
      process.stdout.write(`${JSON.stringify(figures)}\n`);
      expect(ratio).toBeGreaterThanOrEqual(LEAST_RATIO);
      expect(Math.max(...memory)).toBeLessThan(MOST_BYTES);
      expect(median(memory.slice(half)) - median(memory.slice(0, half))).toBeLessThan(FLAT_BYTES);
      expect(service.output).not.toContain('A request failed.');
    },
    LASTS_MS + 120_000
  );

  /** An open stream of events. */
  async function watch(url: string): Promise<{ events(): number; close(): void }> {
    const asked = request(url, { headers: { authorization: authorization() }, agent: false });
    asked.end();
    const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
    let count = 0;
    let rest = '';
    response.setEncoding('utf8');
    const started = once(response, 'data');
    response.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      count += lines.filter(line => line === 'event: runtime').length;
    });
    await started;
    return { events: () => count, close: () => asked.destroy() };
  }

  async function residentBytes(): Promise<number> {
    const { text } = await ask(service.file.url, { path: '/metrics', token: service.token });
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
  }
});

/** Pages that come over some connections within a turn, each checked to be whole. */
async function pagesPerSecond(url: string, authorization: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const start = performance.now();
  let pages = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      let cursor = '';
      while (performance.now() - start < TURN_MS) {
        const text = await read(`${url}?limit=${PAGE}${cursor}`, authorization, agent);
        const [, next] = /"next_cursor":(?:"([^"]*)"|null)\}$/.exec(text) ?? [];
        cursor = next === undefined ? '' : `&cursor=${next}`;
        pages += 1;
      }
    })
  );
  agent.destroy();
  return pages / ((performance.now() - start) / 1000);
}

function read(url: string, authorization: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: authorization === '' ? {} : { authorization } }, response => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200 && text.endsWith('}')) {
          resolve(text);
        } else {
          reject(new Error(`HTTP ${response.statusCode}: ${text.slice(0, 300)}`));
        }
      });
      response.on('error', reject);
    }).on('error', reject);
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
