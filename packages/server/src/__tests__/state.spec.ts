import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { WebSocket } from 'ws';

import {
  channelsPath,
  KERNEL_SUBPROTOCOL,
  KernelPort,
  SocketLink,
  transfer,
  type IRuntimeResource,
  type ISocket
} from '@jupyterlab-runtimes/core';

import { stateSources } from '../../../../scripts/state/sources.mjs';
import { TestChannel } from './support/testChannel.js';
import { TestService } from './support/testService.js';

describe('state that moves through the service', () => {
  const service = new TestService();
  let runtimes: IRuntimeResource[];
  beforeAll(async () => {
    await service.start();
    runtimes = [await service.launch('one'), await service.launch('two')];
  }, 60_000);
  afterAll(() => service.dispose(), 20_000);

  const portOf = (runtime: IRuntimeResource): KernelPort => {
    const url = service.file.url.replace('http', 'ws');
    const path = channelsPath(runtime.id, runtime.kernel?.id ?? '');
    const link = new SocketLink({
      name: runtime.given_name,
      randomId: randomUUID,
      open: session =>
        new WebSocket(`${url}${path}?session_id=${session}`, [KERNEL_SUBPROTOCOL], {
          headers: { Authorization: `Bearer ${service.token}` },
          perMessageDeflate: false
        }) as unknown as ISocket
    });
    return new KernelPort({ link, sources: stateSources(), name: runtime.given_name });
  };

  it('is in no journal, wakes no listener, and counts as no activity', async () => {
    const [one, two] = runtimes.map(runtime => new TestChannel(service, runtime));
    await one.run('x = bytes(20_000_000); x = x + b"end"');
    await two.run('print("there")');
    const [source, target] = runtimes.map(portOf);
    const heard = [one, two].map(channel => channel.frames.length);
    const before = await Promise.all(runtimes.map(({ id }) => service.client.getRuntime(id)));
    const ran = await service.client.executions(runtimes[1].id);
    const report = await transfer(
      source,
      target,
      { names: ['x'], transport: 'messages' },
      { randomId: randomUUID }
    );
    expect(report.restored).toEqual(['x']);
    expect([one, two].map(channel => channel.frames.length)).toEqual(heard);
    expect(await service.client.executions(runtimes[1].id)).toEqual(ran);
    const after = await Promise.all(runtimes.map(({ id }) => service.client.getRuntime(id)));
    expect(after.map(runtime => runtime.last_activity)).toEqual(
      before.map(runtime => runtime.last_activity)
    );
    expect(await two.run('print(len(x), x[-3:])')).toBe("20000003 b'end'\n");
    source.dispose();
    target.dispose();
    one.close();
    two.close();
  }, 90_000);
});
