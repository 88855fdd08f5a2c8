/** Real kernels, real state: pause, resume, snapshots, safety copies, and what a reboot leaves. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestChannel } from './support/testChannel.js';
import { TestService, until } from './support/testService.js';

describe('a runtime whose state is kept', () => {
  const service = new TestService({ args: ['--grace-minutes', '0.05'] });
  let id = '';

  beforeAll(async () => {
    await service.start();
    ({ id } = await service.launch('kept'));
  }, 40_000);
  afterAll(() => service.dispose(), 30_000);

  const run = async (code: string): Promise<string> => {
    const channel = new TestChannel(service, await service.client.getRuntime(id));
    try {
      return await channel.run(code);
    } finally {
      channel.close();
    }
  };

  it('pauses and resumes with its variables, functions and what they share', async () => {
    await run('xs = [1, 2]; alias = xs\ndef double(n):\n    return n * len(xs)');
    const paused = await service.client.pause(id);
    expect(paused).toMatchObject({ state: 'paused', kernel: null, state_reason: '' });
    expect(paused.snapshot_id).not.toBeNull();
    await service.client.resume(id);
    await until(
      async () => (await service.client.getRuntime(id)).state === 'running',
      'it runs again'
    );
    expect(await run('alias.append(3); print(double(10))')).toBe('30\n');
  }, 40_000);
});
