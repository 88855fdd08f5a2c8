/** A kernel that ends by itself while its Jupyter Server lives: how, and why where that can be seen, with the log's end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { execute } from './support/execute.js';
import { TestChannel } from './support/testChannel.js';
import { PYTHON, TestService, until } from './support/testService.js';

const MANIFEST = `apiVersion: datalayer.io/v1
kind: RuntimeEnvironment
metadata: { name: small }
spec:
  title: Small
  process: { python: '${PYTHON}' }
  resourcesRanges:
    default: { limits: { memory: 512Mi } }
`;
const describeWhere = process.platform === 'linux' ? describe : describe.skip;

class SmallRuntime {
  constructor(private readonly _service: TestService) {}

  private _id = '';

  async launch(): Promise<IRuntimeResource> {
    const folder = join(this._service.folder, 'environments');
    mkdirSync(folder);
    writeFileSync(join(folder, 'small.yaml'), MANIFEST);
    await this._service.start();
    const { id } = await this._service.client.launch({
      environment_name: 'small',
      resources: { memory: '400Mi' }
    });
    this._id = id;
    return this._service.settled(id);
  }

  now(): Promise<IRuntimeResource> {
    return this._service.client.getRuntime(this._id);
  }

  async run(code: string): Promise<string> {
    return (await execute(this._service, await this.now(), code)).trim();
  }

  /** Run what ends the kernel; what its owner is told, when there is a new one. */
  async dies(code: string): Promise<string> {
    const { state_reason: before } = await this.now();
    const channel = new TestChannel(this._service, await this.now());
    channel.execute(code);
    await until(async () => (await this.now()).state_reason !== before, 'its end is told', 60_000);
    channel.close();
    const runtime = await this.now();
    expect(runtime.state).toBe('running');
    expect(await this.run('print(6 * 7)')).toBe('42');
    return runtime.state_reason;
  }
}

describeWhere('a kernel that ends by itself', () => {
  const service = new TestService();
  const small = new SmallRuntime(service);
  let isGrouped = false;
  beforeAll(async () => {
    isGrouped = (await small.launch()).notes.length === 0;
  }, 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('because the system took it out of its full group, is told with its limit', async () => {
    if (!isGrouped) {
      // This account may not make control groups: the other service of this file has the other means.
      expect((await small.now()).notes.join(' ')).toMatch(/for each of its processes/);
      return;
    }
    const reason = await small.dies("x = b'x' * (2 << 30)");
    expect(reason).toMatch(
      /^Its kernel was ended by SIGKILL, and was started again without its variables\. It ran out of memory \(its limit is 400 MiB\): launch it with more/
    );
    expect(reason).toMatch(/Its log ends with:\n./);
  }, 90_000);

  it('by a signal, is told with that signal and the end of the log, and as nothing else', async () => {
    const reason = await small.dies('import ctypes; ctypes.string_at(0)');
    expect(reason).toMatch(/^Its kernel was ended by SIGSEGV, and was started again/);
    expect(reason).toMatch(/Its log ends with:\n[^]*kernel \S+ restarted$/);
    expect(reason).not.toMatch(/memory/);
  }, 90_000);
});

describeWhere('a kernel whose processes are bounded one by one', () => {
  const service = new TestService({ args: ['--control-groups', 'no'] });
  const small = new SmallRuntime(service);
  beforeAll(async () => {
    expect((await small.launch()).notes.join(' ')).toMatch(
      /bounded to 400 MiB for each of its processes, not for all together/
    );
  }, 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('meets its limit in the cell that goes too far, and goes on', async () => {
    const answer = await small.run(
      "try:\n    x = b'x' * (1 << 30)\nexcept MemoryError:\n    print('no')"
    );
    expect(answer).toBe('no');
    expect((await small.now()).state_reason).toBe('');
  }, 60_000);

  it('is told as perhaps without memory when a library gave up at it', async () => {
    const reason = await small.dies(
      "import ctypes\nnew = ctypes.CDLL('libstdc++.so.6')._Znwm\nnew.argtypes = [ctypes.c_size_t]\nnew(1 << 34)"
    );
    expect(reason).toMatch(
      /^Its kernel was ended by SIGABRT, and was started again without its variables\. (Perhaps it got no more memory|It ran out of memory) ?\(its limit is 400 MiB\)/
    );
  }, 90_000);
});
