/** A page of the list of a thousand runtimes, to 100 watchers beside, over Fastify that serialises the same objects from memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ROOT } from '../machine/paths.mjs';
import { Problem } from '../machine/say.mjs';

const SERVICE = join(ROOT, 'jupyterlab_runtimes', 'service', 'service.mjs');
const BASELINE = join(ROOT, 'packages/server/src/__tests__/support/fastifyBaseline.mjs');
const API = '/api/runtimes/v1';
const RUNTIMES = 1000;
const PAGE = 50;
const WATCHERS = 100;
const CONNECTIONS = 8;
/** How long one sample lasts, milliseconds. */
const SAMPLE_MS = 1000;
const START_MS = 60_000;

export const bench = {
  what: 'a page of 50 of 1,000 runtimes, with 100 watchers, over Fastify that serialises the same from memory',
  unit: 'ms',
  // A throughput of 0.4 at least.
  bound: 2.5,

  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const children = [];
    const close = async () => {
      await Promise.all(children.map(end));
      rmSync(folder, { recursive: true, force: true });
    };
    try {
      const service = await startService(folder, children);
      const objects = await fill(service);
      const file = join(folder, 'objects.json');
      writeFileSync(file, JSON.stringify(objects));
      const fastify = spawn(process.execPath, [BASELINE, file], {
        stdio: ['ignore', 'pipe', 'inherit']
      });
      children.push(fastify);
      const [url] = await once(fastify.stdout, 'data');
      const baseline = { list: `${url}/runtimes`, headers: {} };
      await Promise.all(Array.from({ length: WATCHERS }, () => watch(service)));
      return { measure: () => pageMs(service), baseline: () => pageMs(baseline), close };
    } catch (error) {
      await close();
      throw error;
    }
  }
};

async function startService(folder, children) {
  const child = spawn(
    process.execPath,
    // There is no such Python: what is launched fails at once, and stays on record.
    [SERVICE, '--data-dir', folder, '--root-dir', folder, '--embedded', '--python', '/none/python'],
    { stdio: 'ignore' }
  );
  children.push(child);
  const announced = join(folder, 'service.json');
  const until = performance.now() + START_MS;
  while (!existsSync(announced)) {
    if (child.exitCode !== null || performance.now() > until) {
      throw new Problem('The runtime service did not start.');
    }
    await delay(50);
  }
  const { url } = JSON.parse(readFileSync(announced, 'utf8'));
  const token = readFileSync(join(folder, 'token'), 'utf8');
  return { url, list: `${url}${API}/runtimes`, headers: { Authorization: `Bearer ${token}` } };
}

/** Launch in vain, so often; resolves with what is then on record. */
async function fill({ list, headers }) {
  for (let i = 0; i < RUNTIMES; i += 1) {
    const answer = await fetch(list, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ environment_name: 'python', given_name: `Runtime ${i}` })
    });
    if (answer.status !== 202) {
      throw new Problem(`A launch was answered with HTTP ${answer.status}.`);
    }
  }
  for (;;) {
    const objects = await all(list, headers);
    if (objects.length === RUNTIMES && objects.every(({ state }) => state === 'failed')) {
      return objects;
    }
    await delay(200);
  }
}

async function all(list, headers) {
  const objects = [];
  for (let cursor = ''; cursor !== undefined;) {
    const answer = await fetch(`${list}?limit=${PAGE}${cursor}`, { headers });
    const { items, next_cursor: next } = await answer.json();
    objects.push(...items);
    cursor = next === null ? undefined : `&cursor=${next}`;
  }
  return objects;
}

/** An open stream of events; it ends with the service. */
function watch({ url, headers }) {
  return new Promise((resolve, reject) => {
    const asked = get(`${url}${API}/events`, { headers, agent: false }, response => {
      response.once('data', resolve);
      response.resume();
      response.on('error', () => undefined);
    });
    asked.on('error', reject);
  });
}

/** Milliseconds for a page, while some connections ask for one after the other. */
async function pageMs({ list, headers }) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const startedAt = performance.now();
  let pages = 0;
  const ask = async () => {
    for (let cursor = ''; performance.now() - startedAt < SAMPLE_MS; pages += 1) {
      const text = await read(`${list}?limit=${PAGE}${cursor}`, headers, agent);
      const [, next] = /"next_cursor":(?:"([^"]*)"|null)\}$/.exec(text) ?? [];
      cursor = next === undefined ? '' : `&cursor=${next}`;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  agent.destroy();
  return (performance.now() - startedAt) / pages;
}

function read(url, headers, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) {
          resolve(text);
        } else {
          reject(new Problem(`HTTP ${response.statusCode}: ${text.slice(0, 300)}`));
        }
      });
    }).on('error', reject);
  });
}

async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}
