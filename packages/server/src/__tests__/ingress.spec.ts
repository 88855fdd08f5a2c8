import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { TestChannel } from './support/testChannel.js';
import { TestService, until } from './support/testService.js';

describe('the Jupyter interface of a runtime', () => {
  const service = new TestService();
  let runtime: IRuntimeResource;
  beforeAll(async () => {
    await service.start();
    runtime = await service.launch();
  }, 30_000);
  afterAll(() => service.dispose(), 20_000);

  const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${service.file.url}${runtime.ingress}${path}`, {
      method,
      headers: { Authorization: `token ${service.token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    });

  it('reads no configuration and no extensions of the user, and shows its kernels no secret', async () => {
    const channel = new TestChannel(service, runtime);
    const printed = await channel.run(
      'import json, os, sys\nprint(json.dumps({"env": dict(os.environ), "path": sys.path, "cwd": os.getcwd()}))'
    );
    const { env, path, cwd } = JSON.parse(printed) as {
      env: Record<string, string>;
      path: string[];
      cwd: string;
    };
    expect(Object.keys(env).filter(name => /TOKEN|JUPYTERLAB_RUNTIMES/.test(name))).toEqual([]);
    expect(path.filter(each => each.startsWith(service.folder))).toEqual([]);
    expect(cwd).toBe(service.rootDir);
    expect((await ask('GET', 'lab')).status).toBe(404);
    expect((await ask('GET', 'jupyterlab-runtimes/services')).status).toBe(404);
    channel.close();
  }, 20_000);

  it('restarts the kernel that Lab shows, and answers as Jupyter does', async () => {
    const channel = new TestChannel(service, runtime);
    await channel.run('gone = 1');
    const id = runtime.kernel?.id ?? '';
    const response = await ask('POST', `api/kernels/${id}/restart`, {});
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, name: 'python3' });
    expect(await channel.run('print("gone" in globals())')).toBe('False\n');
    channel.close();
  }, 30_000);

  it('ends the runtime when a session is deleted with the kernel that Lab shows', async () => {
    const made = await ask('POST', 'api/sessions', {
      path: 'a.ipynb',
      name: 'a.ipynb',
      type: 'notebook',
      kernel: { id: runtime.kernel?.id }
    });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    expect((await ask('DELETE', `api/sessions/${id}`)).status).toBe(204);
    await until(
      async () => (await service.client.getRuntime(runtime.id)).state === 'terminated',
      'the runtime has ended, and did not fail'
    );
    expect((await ask('GET', 'api/status')).status).toBe(409);
  }, 20_000);
});
