import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WebSocket } from 'ws';

import { API_BASE, RuntimesClient } from '@jupyterlab-runtimes/core';
import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { PYTHON, sleep, TestService, until } from './support/testService.js';

describe('a service that can not start', () => {
  it('refuses a folder that another service uses', async () => {
    const service = await new TestService().start();
    const second = await service.startInVain();
    expect(second.code).not.toBe(0);
    expect(second.output).toMatch(/CONFLICT: Another runtime service already uses the data folder/);
    await expect(service.client.service()).resolves.toMatchObject({ pid: service.file.pid });
    await service.dispose();
  }, 20_000);

  it('says which port is in use', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const service = new TestService();
    const { code, output } = await service.startInVain(['--port', String(port)]);
    expect(code).not.toBe(0);
    expect(output).toMatch(new RegExp(`PORT_IN_USE: The port ${port} .* in use`));
    blocker.close();
    await service.dispose();
  }, 20_000);

  it('names an option that it does not know', async () => {
    const service = new TestService();
    const { code, output } = await service.startInVain(['--colour', 'red']);
    expect(code).not.toBe(0);
    expect(output).toMatch(/INVALID_REQUEST: .*--colour/);
    await service.dispose();
  });
});

describe('a Python that does not work', () => {
  it('is shown as not available, and fails a launch with path and remedy', async () => {
    const service = await new TestService({ python: '/nowhere/bin/python' }).start();
    const [environment] = await service.client.listEnvironments();
    expect(environment).toMatchObject({ name: 'python', available: false });
    expect(environment.unavailable_reason).toMatch(/no Python at \/nowhere\/bin\/python.*--python/);
    const runtime = await service.launch();
    expect(runtime).toMatchObject({ state: 'failed' });
    expect(runtime.state_reason).toMatch(/no Python at \/nowhere\/bin\/python/);
    await service.dispose();
  }, 20_000);

  it('says which packages are missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jlr-venv-'));
    execFileSync(PYTHON, ['-m', 'venv', '--without-pip', folder]);
    const service = await new TestService({ python: join(folder, 'bin', 'python') }).start();
    const [environment] = await service.client.listEnvironments();
    expect(environment.unavailable_reason).toMatch(/jupyter-server and ipykernel are missing/);
    const runtime = await service.launch();
    expect(runtime.state).toBe('failed');
    expect(runtime.state_reason).toMatch(/jupyter-server and ipykernel are missing/);
    await service.dispose();
    rmSync(folder, { recursive: true });
  }, 40_000);

  it('reports a kernel that dies at start, with its last words', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jlr-venv-'));
    execFileSync(PYTHON, ['-m', 'venv', '--without-pip', folder]);
    const python = join(folder, 'bin', 'python');
    const print = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
    const [own, good] = [python, PYTHON].map(each =>
      execFileSync(each, ['-c', print], { encoding: 'utf8' }).trim()
    );
    writeFileSync(join(own, 'good.pth'), good);
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, 'ipykernel_launcher.py'),
      'import sys\nsys.exit("the kernel can not find its soul")\n'
    );
    const service = await new TestService({ python }).start();
    const started = Date.now();
    const runtime = await service.launch();
    expect(runtime.state).toBe('failed');
    expect(runtime.state_reason).toMatch(/exit code 1/);
    expect(runtime.state_reason).toMatch(/the kernel can not find its soul/);
    expect(Date.now() - started).toBeLessThan(15_000);
    let log = '';
    for await (const piece of service.client.logs(runtime.id)) {
      log += piece;
    }
    expect(log).toMatch(/the kernel can not find its soul/);
    const path = join(service.folder, 'logs', `${runtime.id}.log`);
    expect(existsSync(path)).toBe(true);
    await service.client.terminate(runtime.id);
    expect(existsSync(path)).toBe(false);
    await service.dispose();
    rmSync(folder, { recursive: true });
  }, 60_000);
});

describe('requests that are not as they should be', () => {
  const service = new TestService();
  let runtime: IRuntimeResource;
  beforeAll(async () => {
    await service.start();
    runtime = await service.launch('here');
  }, 30_000);
  afterAll(() => service.dispose(), 20_000);

  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${service.file.url}${path}`, init);
  const authorized = (init: { method?: string; body?: string } = {}): RequestInit => ({
    ...init,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${service.token}` }
  });

  it('answers nothing without a token but whether it lives', async () => {
    const routes: [string, string][] = [
      ['GET', `${API_BASE}/service`],
      ['POST', `${API_BASE}/service:stop`],
      ['GET', `${API_BASE}/environments`],
      ['GET', `${API_BASE}/runtimes`],
      ['POST', `${API_BASE}/runtimes`],
      ['GET', `${API_BASE}/runtimes/${runtime.id}`],
      ['DELETE', `${API_BASE}/runtimes/${runtime.id}`],
      ['POST', `${API_BASE}/runtimes/${runtime.id}/interrupt`],
      ['POST', `${API_BASE}/runtimes/${runtime.id}/restart`],
      ['GET', `${API_BASE}/runtimes/${runtime.id}/executions`],
      ['GET', `${API_BASE}/runtimes/${runtime.id}/executions/x/messages`],
      ['POST', `${API_BASE}/runtimes/${runtime.id}/executions:acknowledge`],
      ['GET', `${API_BASE}/events`],
      ['GET', '/nothing'],
      ['GET', `${runtime.ingress}api/kernels`],
      ['DELETE', `${runtime.ingress}api/kernels/${runtime.kernel?.id ?? ''}`]
    ];
    for (const [method, path] of routes) {
      for (const authorization of ['', 'Bearer wrong']) {
        const headers: Record<string, string> =
          authorization === '' ? {} : { Authorization: authorization };
        const response = await ask(path, { method, headers });
        expect({ path, status: response.status }).toEqual({ path, status: 401 });
        expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
      }
    }
    expect((await ask('/healthz')).status).toBe(200);
    const channel = `${runtime.ingress}api/kernels/${runtime.kernel?.id ?? ''}/channels`;
    for (const headers of [
      {},
      { Authorization: `Bearer ${service.token}`, Origin: 'https://evil.example' }
    ]) {
      const socket = new WebSocket(`${service.file.url.replace('http', 'ws')}${channel}`, {
        headers
      });
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toMatch('Origin' in headers ? /403/ : /401/);
    }
  }, 20_000);

  it('names the field that is wrong', async () => {
    const bad: [unknown, RegExp][] = [
      [{}, /environment_name/],
      [{ environment_name: 3, colour: 'red' }, /colour/],
      [{ environment_name: 'python', given_name: 'x'.repeat(101) }, /body\.given_name.*100/],
      [{ environment_name: 'python', given_name: 'a\nb' }, /body\.given_name/],
      [{ environment_name: 'python', given_name: '' }, /body\.given_name/],
      [{ environment_name: 'python', idle_timeout_seconds: 27e15 }, /body\.idle_timeout_seconds/]
    ];
    for (const [body, message] of bad) {
      const response = await ask(
        `${API_BASE}/runtimes`,
        authorized({
          method: 'POST',
          body: JSON.stringify(body)
        })
      );
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: 'INVALID_REQUEST',
        detail: expect.stringMatching(message)
      });
    }
    const forever = authorized({
      method: 'PATCH',
      body: '{"idle_timeout_seconds":27000000000000000}'
    });
    expect((await ask(`${API_BASE}/runtimes/${runtime.id}`, forever)).status).toBe(400);
    const notJson = await ask(`${API_BASE}/runtimes`, authorized({ method: 'POST', body: '{' }));
    expect(await notJson.json()).toMatchObject({ code: 'INVALID_REQUEST' });
    const large = await ask(
      `${API_BASE}/runtimes`,
      authorized({
        method: 'POST',
        body: JSON.stringify({ environment_name: 'x'.repeat(2_000_000) })
      })
    );
    expect(await large.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('says what there is no such thing as', async () => {
    const { client } = service;
    await expect(client.launch({ environment_name: 'cobol' })).rejects.toMatchObject({
      code: 'ENVIRONMENT_NOT_FOUND',
      message: expect.stringMatching(/"cobol".*python/)
    });
    await expect(client.getRuntime('r00000000000000000000000000')).rejects.toMatchObject({
      code: 'NOT_FOUND'
    });
    const nowhere = await ask(`${API_BASE}/nowhere`, authorized());
    expect(await nowhere.json()).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    const strange = await ask('/runtimes/unknown/api/kernels', authorized());
    expect(await strange.json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes one runtime of a launch that is sent twice with one key', async () => {
    const { client } = service;
    const request = { environment_name: 'python', given_name: 'once' };
    const [one, two] = await Promise.all([
      client.launch(request, { idempotencyKey: 'k1' }),
      client.launch(request, { idempotencyKey: 'k1' })
    ]);
    expect(two.id).toBe(one.id);
    await expect(
      client.launch({ environment_name: 'python' }, { idempotencyKey: 'k1' })
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    await client.terminate(one.id);
    expect((await service.settled(one.id)).state).toBe('terminated');
    // Ending what ended is no failure.
    await client.terminate(one.id);
  }, 20_000);

  it('tells watchers what happens, and goes on from the last event that they have', async () => {
    const events: { type: string; eventId: string }[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const event of service.client.watchRuntimes({ signal: stop.signal })) {
        events.push(event);
      }
    })();
    await until(() => events.length > 0, 'the first event');
    expect(events[0]).toMatchObject({ type: 'runtimes' });
    const { id } = await service.launch('watched');
    await until(
      () => events.some(event => 'runtime' in event && event.runtime !== null),
      'a runtime event'
    );
    stop.abort();
    await watching;
    await service.client.terminate(id);
    const again = service.client.watchRuntimes({ lastEventId: events[events.length - 1].eventId });
    const first = await again.next();
    expect(first.value).toMatchObject({ type: 'runtime', runtime: { id } });
    await again.return();
  }, 30_000);

  it('counts kernels of others, and proxies plain REST with the runtime’s own credential', async () => {
    const kernels = `${runtime.ingress}api/kernels`;
    const made = await ask(
      kernels,
      authorized({ method: 'POST', body: JSON.stringify({ name: 'python3' }) })
    );
    expect(made.status).toBe(201);
    expect(made.headers.get('set-cookie')).toBeNull();
    const { id } = (await made.json()) as { id: string };
    await until(
      async () => (await service.client.getRuntime(runtime.id)).other_kernels === 1,
      'the other kernel is counted'
    );
    await ask(`${kernels}/${id}`, authorized({ method: 'DELETE' }));
    await until(
      async () => (await service.client.getRuntime(runtime.id)).other_kernels === 0,
      'it is gone'
    );
    expect(await service.client.getRuntime(runtime.id)).toMatchObject({ state: 'running' });
  }, 20_000);

  it('fails a runtime whose Jupyter Server dies, with the signal', async () => {
    const { id } = await service.launch('doomed');
    const handle = readdirSync(join(service.folder, 'run', id)).includes('pid')
      ? readFileSync(join(service.folder, 'run', id, 'pid'), 'utf8')
      : '';
    process.kill(Number(handle), 'SIGKILL');
    await until(
      async () => (await service.client.getRuntime(id)).state === 'failed',
      'the runtime failed'
    );
    expect((await service.client.getRuntime(id)).state_reason).toMatch(/SIGKILL/);
  }, 20_000);

  it('keeps its secrets: private files, and no token in any log', async () => {
    await sleep(100);
    for (const name of ['token', 'service.json']) {
      expect(statSync(join(service.folder, name)).mode & 0o077).toBe(0);
    }
    expect(statSync(service.folder).mode & 0o077).toBe(0);
    const inner = readFileSync(join(service.folder, 'run', runtime.id, 'token'), 'utf8');
    const logs = readdirSync(join(service.folder, 'logs')).map(name =>
      readFileSync(join(service.folder, 'logs', name), 'utf8')
    );
    for (const text of [service.output, ...logs]) {
      expect(text).not.toContain(service.token);
      expect(text).not.toContain(inner);
    }
    const info = new RuntimesClient({ baseUrl: service.file.url, fetch, token: 'old' });
    await expect(info.service()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
