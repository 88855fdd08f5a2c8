import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { V1Frame } from '../relay/v1Frame.js';
import { TestChannel } from './support/testChannel.js';
import { sleep, TestService, until } from './support/testService.js';

describe('the channel that survives', () => {
  const service = new TestService({ args: ['--journal-mib', '64'] });
  let runtime: IRuntimeResource;
  beforeAll(async () => {
    await service.start();
    runtime = await service.launch();
  }, 30_000);
  afterAll(() => service.dispose(), 20_000);

  it('continues a lost connection where it stopped', async () => {
    const channel = new TestChannel(service, runtime);
    const msgId = channel.execute(
      'import time\nfor i in range(60):\n    print(i, flush=True)\n    time.sleep(0.01)'
    );
    for (let i = 0; i < 5; i++) {
      await sleep(100);
      channel.drop();
    }
    const expected = Array.from({ length: 60 }, (_, i) => `${i}\n`).join('');
    expect(await channel.done(msgId)).toBe(expected);
    expect(channel.seqs).toEqual(channel.seqs.map((_, i) => channel.seqs[0] + i));
    channel.close();
  }, 20_000);

  it('runs a message that comes twice once, and acknowledges it twice', async () => {
    const channel = new TestChannel(service, runtime);
    await channel.run('n = 0');
    const msgId = channel.execute('n += 1');
    const [{ bytes }] = channel.unacknowledged;
    channel.socket.send(bytes);
    await channel.done(msgId);
    channel.socket.send(bytes);
    expect(await channel.run('print(n)')).toBe('1\n');
    const acks = channel.control.filter(frame => frame.type === 'ack' && frame.msg_id === msgId);
    expect(acks.length).toBeGreaterThanOrEqual(2);
    channel.close();
  }, 20_000);

  it('shows two clients the same output', async () => {
    const one = new TestChannel(service, runtime);
    const two = new TestChannel(service, runtime);
    await until(() => two.point !== undefined, 'the second client is attached');
    const msgId = one.execute('print("for both")');
    expect(await one.done(msgId)).toBe('for both\n');
    expect(await two.done(msgId)).toBe('for both\n');
    one.close();
    two.close();
  }, 20_000);

  it('does not let a slow client hold up another one, and brings the slow one everything later', async () => {
    const quick = new TestChannel(service, runtime);
    const slow = new TestChannel(service, runtime);
    await until(() => slow.point !== undefined, 'the slow client is attached');
    slow.socket.pause();
    const msgId = quick.execute('for i in range(24):\n    print("x" * 1_000_000, flush=True)');
    expect(await quick.done(msgId)).toHaveLength(24 * 1_000_001);
    expect(slow.isDone(msgId)).toBe(false);
    slow.socket.resume();
    expect(await slow.done(msgId)).toHaveLength(24 * 1_000_001);
    quick.close();
    slow.close();
  }, 40_000);

  it('says what output was cut when a client comes back after the bound was passed, and that the cell is done', async () => {
    const channel = new TestChannel(service, runtime);
    await channel.run('pass');
    channel.close();
    const other = new TestChannel(service, runtime);
    const msgId = other.execute('for i in range(90):\n    print("y" * 1_000_000, flush=True)', {
      cellId: 'c'
    });
    await other.done(msgId, 60_000);
    channel.reopen();
    // Its reply and its status are kept among the output that was dropped.
    await channel.done(msgId, 30_000);
    expect(channel.seqs.at(-1)).toBe(other.seqs.at(-1));
    const cut = channel.control.find(frame => frame.type === 'cut');
    expect(cut).toMatchObject({
      type: 'cut',
      count: expect.any(Number),
      bytes: expect.any(Number)
    });
    const executions = await service.client.executions(runtime.id);
    const execution = executions.find(each => each.msg_id === msgId);
    expect(execution?.cut_bytes).toBeGreaterThan(20_000_000);
    const got = channel.stdout(msgId).length;
    expect(got).toBeGreaterThan(30_000_000);
    expect(got + (execution?.cut_bytes ?? 0)).toBeGreaterThanOrEqual(90 * 1_000_001);
    other.close();
    channel.close();
  }, 90_000);

  it('gives the messages of an execution to who comes later, until they are acknowledged', async () => {
    const channel = new TestChannel(service, runtime);
    const msgId = channel.execute('print("kept")', { cellId: 'kept-cell' });
    await channel.done(msgId);
    channel.close();
    const late = new TestChannel(service, runtime);
    await until(() => late.point !== undefined, 'attached');
    const frames = await service.client.executionMessages(runtime.id, msgId, {
      before: (late.point?.after ?? 0) + 1
    });
    const types = frames.map(frame => new V1Frame(Buffer.from(frame)).header.msg_type);
    expect(types).toEqual(
      expect.arrayContaining(['status', 'execute_input', 'stream', 'execute_reply'])
    );
    expect(late.answers(msgId)).toEqual([]);
    await service.client.acknowledge(runtime.id, [msgId]);
    const left = await service.client.executions(runtime.id);
    expect(left.some(each => each.msg_id === msgId)).toBe(false);
    await expect(service.client.executionMessages(runtime.id, msgId)).rejects.toMatchObject({
      code: 'NOT_FOUND'
    });
    late.close();
  }, 20_000);

  it('does not list silent executions, and does not count them as activity', async () => {
    const channel = new TestChannel(service, runtime);
    await channel.run('pass');
    const before = await service.client.getRuntime(runtime.id);
    const msgId = channel.execute('1 + 1', { silent: true });
    await channel.done(msgId);
    const info = channel.request('kernel_info_request', {});
    await channel.done(info);
    const listed = await service.client.executions(runtime.id);
    expect(listed.some(each => each.msg_id === msgId)).toBe(false);
    const after = await service.client.getRuntime(runtime.id);
    expect(after.last_activity).toBe(before.last_activity);
    channel.close();
  }, 20_000);

  it('passes questions for input and their answers', async () => {
    const channel = new TestChannel(service, runtime);
    const msgId = channel.execute('print("hello", input("name? "))');
    await until(
      () => channel.answers(msgId).some(frame => frame.header.msg_type === 'input_request'),
      'the question'
    );
    channel.request('input_reply', { value: 'Ada', status: 'ok' }, { channel: 'stdin' });
    expect(await channel.done(msgId)).toContain('hello Ada');
    channel.close();
  }, 20_000);

  it('serves plain Jupyter clients, with and without the v1 protocol', async () => {
    const v1 = new TestChannel(service, runtime, { mode: 'v1' });
    await until(() => v1.socket.readyState === 1, 'open');
    const msgId = v1.execute('print("plain")');
    expect(await v1.done(msgId)).toBe('plain\n');
    expect(v1.control).toEqual([]);

    const legacy = new TestChannel(service, runtime, { mode: 'legacy' });
    await until(() => legacy.socket.readyState === 1, 'open');
    legacy.socket.send(
      JSON.stringify({
        channel: 'shell',
        header: {
          msg_id: 'l1',
          msg_type: 'execute_request',
          session: legacy.session,
          version: '5.3'
        },
        parent_header: {},
        metadata: {},
        content: { code: 'print("legacy")', silent: false, store_history: true }
      })
    );
    await until(() => legacy.texts.some(text => text.includes('execute_reply')), 'the reply');
    const stream = legacy.texts
      .map(text => JSON.parse(text) as Record<string, Record<string, unknown>>)
      .find(message => message['header']['msg_type'] === 'stream');
    expect(stream).toMatchObject({ channel: 'iopub', content: { text: 'legacy\n' } });
    v1.close();
    legacy.close();
  }, 20_000);

  it('interrupts a running cell, with the variables kept', async () => {
    const channel = new TestChannel(service, runtime);
    await channel.run('kept = 7');
    const msgId = channel.execute('import time\ntime.sleep(60)');
    await until(() => channel.answers(msgId).length > 1, 'it runs');
    await service.client.interrupt(runtime.id);
    await channel.done(msgId);
    expect(await channel.run('print(kept)')).toBe('7\n');
    channel.close();
  }, 20_000);

  it('works with the new kernel after a restart, under the same id', async () => {
    const channel = new TestChannel(service, runtime);
    await channel.run('gone = 1');
    const restarted = await service.client.restart(runtime.id);
    expect(restarted.kernel?.id).toBe(runtime.kernel?.id);
    expect(await channel.run('print("gone" in globals())')).toBe('False\n');
    channel.close();
  }, 30_000);

  it('works again after the kernel died and Jupyter started it anew', async () => {
    const channel = new TestChannel(service, runtime);
    const msgId = channel.execute('import os\nos._exit(3)', { cellId: 'deadly' });
    await until(
      () =>
        channel.frames.some(
          frame =>
            frame.header.msg_type === 'status' && frame.content['execution_state'] === 'restarting'
        ),
      'the notice of the restart'
    );
    expect(await channel.run('print("alive")')).toBe('alive\n');
    const executions = await service.client.executions(runtime.id);
    expect(executions.find(each => each.msg_id === msgId)?.finished_at).not.toBeNull();
    channel.close();
  }, 40_000);

  it('does not run in the new kernel what was sent to the one that had died', async () => {
    const channel = new TestChannel(service, runtime);
    const pid = Number(await channel.run('import os; print(os.getpid())'));
    const isRestarting = (): boolean =>
      channel.frames.some(
        ({ header, content }) =>
          header.msg_type === 'status' && content['execution_state'] === 'restarting'
      );
    process.kill(pid, 'SIGKILL');
    // Its connections are gone, and Jupyter Server has not noticed.
    await sleep(100);
    const msgId = channel.execute('ran = 1');
    await until(isRestarting, 'the notice of the restart');
    expect(await channel.run('print("ran" in globals())')).toBe('False\n');
    const executions = await service.client.executions(runtime.id);
    expect(executions.find(each => each.msg_id === msgId)?.finished_at).not.toBeNull();
    channel.close();
  }, 40_000);
});
