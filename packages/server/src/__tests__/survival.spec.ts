import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { channelsPath } from '@jupyterlab-runtimes/core';

import { TestChannel } from './support/testChannel.js';
import { LONG, sleep, TestService, until } from './support/testService.js';

/** Processes whose command line names the service's folders. */
function processesOf(service: TestService): string[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(`${service.folder}/`));
}

/** A process that ended, and that nobody looked after yet, does not run. */
function isRunning(pid: number): boolean {
  const states = execFileSync('ps', ['-A', '-o', 'pid=,stat='], { encoding: 'utf8' });
  return new RegExp(`^\\s*${pid} [^Z]`, 'm').test(states);
}

/** The runtime's Jupyter Server. */
function pidOf(service: TestService, id: string): number {
  const [line] = processesOf(service).filter(
    text => text.includes('runtime_server.py') && text.includes(id)
  );
  return Number.parseInt(line, 10);
}

/** Nobody is there to ask when a process has taken in what was sent to it: its processor time says so. */
async function settled(pid: number): Promise<void> {
  const spent = () =>
    execFileSync('ps', ['-o', 'cputimes=', '-p', String(pid)], { encoding: 'utf8' });
  for (let before = '', quiet = 0; quiet < 4;) {
    await sleep(1000);
    const now = spent();
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}

describe('a runtime outlives its service', () => {
  const service = new TestService();
  beforeAll(() => service.start(), 20_000);
  afterAll(() => service.dispose(), 20_000);

  it('delivers every line exactly once when the service is killed while a cell prints', async () => {
    const runtime = await service.launch();
    const channel = new TestChannel(service, runtime);
    await channel.run('before = 42');
    const lines = LONG ? 20_000 : 2000;
    const kills = LONG ? 50 : 4;
    const msgId = channel.execute(
      `import time\nfor i in range(${lines}):\n    print(i, flush=True)\n    time.sleep(0.001)`,
      { cellId: 'the-cell' }
    );
    for (let kill = 0; kill < kills && !channel.isDone(msgId); kill++) {
      await sleep(100 + 500 * Math.random());
      await service.signal('SIGKILL');
      await sleep(300 * Math.random());
      await service.start();
    }
    const expected = Array.from({ length: lines }, (_, i) => `${i}\n`).join('');
    expect(await channel.done(msgId, LONG ? 300_000 : 30_000)).toBe(expected);

    const adopted = await service.client.getRuntime(runtime.id);
    expect(adopted).toMatchObject({ state: 'running', kernel: { id: runtime.kernel?.id } });
    expect(await channel.run('print(before)')).toBe('42\n');
    const executions = await service.client.executions(runtime.id);
    expect(executions.find(execution => execution.msg_id === msgId)).toMatchObject({
      cell_id: 'the-cell',
      session: channel.session,
      finished_at: expect.any(String),
      cut_bytes: 0
    });
    channel.close();
  }, 400_000);

  it('runs a request once when the service is killed before it acknowledged it', async () => {
    const [runtime] = await service.client.listRuntimes();
    const channel = new TestChannel(service, runtime);
    await channel.run('count = 0');
    for (let i = 0; i < (LONG ? 40 : 3); i++) {
      const msgId = channel.execute('count += 1');
      await sleep(Math.random() * 5);
      await service.signal('SIGKILL');
      await service.start();
      await channel.done(msgId);
      expect(await channel.run('print(count)')).toBe(`${i + 1}\n`);
    }
    channel.close();
  }, 200_000);

  it('keeps what the kernel said while no service was there', async () => {
    const [runtime] = await service.client.listRuntimes();
    const channel = new TestChannel(service, runtime);
    const msgId = channel.execute('import time\ntime.sleep(0.5)\nprint("said in the dark")');
    await until(() => channel.unacknowledged.length === 0, 'the acknowledgement');
    await service.signal('SIGTERM');
    await sleep(1500);
    await service.start();
    expect(await channel.done(msgId)).toBe('said in the dark\n');
    channel.close();
  }, 30_000);

  it('tells what of it was more than is kept, and that the cell is done all the same', async () => {
    const [runtime] = await service.client.listRuntimes();
    const channel = new TestChannel(service, runtime);
    const printed = 320 * 1_000_001;
    const over = join(service.folder, 'over');
    const msgId = channel.execute(
      `import time\ntime.sleep(0.5)\nfor i in range(320):\n    print("z" * 1_000_000, flush=True)\nopen(${JSON.stringify(over)}, "w").close()`,
      { cellId: 'the-cell' }
    );
    await until(() => channel.unacknowledged.length === 0, 'the acknowledgement');
    await service.signal('SIGKILL');
    await until(() => existsSync(over), 'all is printed', 30_000);
    await settled(pidOf(service, runtime.id));
    await service.start();
    const got = (await channel.done(msgId, 60_000)).length;
    expect(got).toBeGreaterThan(100_000_000);
    expect(got).toBeLessThan(printed);
    const cuts = channel.control.filter(frame => frame.type === 'cut');
    expect(cuts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(printed - got);
    const executions = await service.client.executions(runtime.id);
    const execution = executions.find(({ msg_id: id }) => id === msgId);
    expect(got + (execution?.cut_bytes ?? 0)).toBeGreaterThanOrEqual(printed);
    expect(execution?.finished_at).not.toBeNull();
    channel.close();
  }, 90_000);

  it('finishes a launch that was half done when the service was killed', async () => {
    const { id } = await service.client.launch({ environment_name: 'python', given_name: 'half' });
    await until(
      async () => (await service.client.getRuntime(id)).state === 'starting',
      'the launch has begun'
    );
    await sleep(200);
    await service.signal('SIGKILL');
    await service.start();
    expect(await service.settled(id)).toMatchObject({ state: 'running', given_name: 'half' });
    await service.client.terminate(id);
  }, 30_000);

  it('says so when a runtime ended while no service was there', async () => {
    const { id } = await service.launch('lost');
    await service.signal('SIGKILL');
    process.kill(pidOf(service, id), 'SIGKILL');
    await service.start();
    const runtime = await service.settled(id);
    expect(runtime.state).toBe('failed');
    expect(runtime.state_reason).toMatch(/ended while the runtime service was away/);
    await until(
      () => processesOf(service).every(text => !text.includes(id)),
      'its kernel is gone too'
    );
    await service.client.terminate(id);
    await until(
      async () => (await service.client.listRuntimes()).every(each => each.id !== id),
      'a failed runtime that was removed is forgotten'
    );
  }, 30_000);

  it('leaves no process when a runtime is terminated, even one that ignores the request', async () => {
    const { id } = await service.launch('stubborn');
    const channel = new TestChannel(service, await service.client.getRuntime(id));
    await channel.run(
      'import os, signal, subprocess, sys\n' +
        'child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])'
    );
    const pid = Number(await channel.run('print(child.pid)'));
    channel.close();
    await service.client.terminate(id);
    expect((await service.settled(id)).state).toBe('terminated');
    expect(isRunning(pid)).toBe(false);
    expect(processesOf(service).filter(text => text.includes(id))).toEqual([]);
  }, 30_000);

  it('leaves runtimes alone when it is asked to stop and keep them, and ends them when asked to', async () => {
    const [{ id }] = await service.client.listRuntimes();
    await service.client.stopService('keep');
    await service.signal('SIGTERM');
    expect(processesOf(service).some(text => text.includes(id))).toBe(true);
    await service.start();
    expect(await service.client.getRuntime(id)).toMatchObject({ state: 'running' });
    await service.client.stopService('terminate');
    await until(() => processesOf(service).length === 0, 'all processes are gone');
  }, 30_000);
});

describe('a service that is asked to stop', () => {
  it('is not kept from stopping by a client whose computer sleeps', async () => {
    const service = await new TestService().start();
    const { id, kernel } = await service.launch();
    const { hostname, port } = new URL(service.file.url);
    const lines = [
      `GET ${channelsPath(id, kernel?.id ?? '')} HTTP/1.1`,
      ...[`Host: ${hostname}:${port}`, 'Connection: Upgrade', 'Upgrade: websocket'],
      ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
      `Authorization: Bearer ${service.token}`
    ];
    // It answers nothing, and keeps its own half open when the other one is closed.
    const sleeper = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    sleeper.on('error', () => undefined);
    sleeper.write(`${lines.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(sleeper, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 101 /);
    await service.client.stopService('terminate');
    let isEnded = false;
    void service.ended().then(() => (isEnded = true));
    await until(() => isEnded, 'the service has stopped', 8000);
    sleeper.destroy();
    await service.dispose();
  }, 30_000);
});
