/** Many real runtimes print at once: every line of each arrives once, and in order. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { TestChannel } from './support/testChannel.js';
import { LONG, TestService, until } from './support/testService.js';

const RUNTIMES = LONG ? 10 : 3;
const LINES = LONG ? 20_000 : 2000;
const SHOWN = 10;
/** Until the last line has come, milliseconds: a machine with few processors takes its time. */
const WITHIN_MS = LONG ? 900_000 : 120_000;

/** Whether the kernel has answered the request and is idle again; looks at each message once. */
function ending({ frames }: TestChannel, msgId: string): () => boolean {
  let seen = 0;
  const missing = new Set(['idle', 'execute_reply']);
  return () => {
    for (; seen < frames.length; seen++) {
      const { parent, header, content } = frames[seen];
      if (parent.msg_id === msgId) {
        const isStatus = header.msg_type === 'status';
        missing.delete(isStatus ? String(content['execution_state']) : header.msg_type);
      }
    }
    return missing.size === 0;
  };
}

describe(`${RUNTIMES} runtimes that are busy at once`, () => {
  const service = new TestService();
  let runtimes: IRuntimeResource[] = [];
  beforeAll(async () => {
    await service.start();
    runtimes = await Promise.all(
      Array.from({ length: RUNTIMES }, (_, i) => service.launch(`runtime ${i}`))
    );
  }, 240_000);
  afterAll(() => service.dispose(), 60_000);

  it(
    `lose none of ${LINES} messages each`,
    async () => {
      expect(runtimes.map(({ state }) => state)).toEqual(runtimes.map(() => 'running'));
      const channels = runtimes.map(runtime => new TestChannel(service, runtime));
      // They wait for each other: a file says that all of them have begun.
      const begin = JSON.stringify(`${service.rootDir}/begin`);
      const busy = channels.map((channel, i) =>
        channel.execute(
          'import os, time\n' +
            `open(${begin} + "${i}", "w").close()\n` +
            `while not all(os.path.exists(${begin} + str(n)) for n in range(${RUNTIMES})):\n` +
            '    time.sleep(0.01)\n' +
            `for n in range(${LINES}):\n` +
            `    print(${i}, n, flush=True)`
        )
      );
      const ends = channels.map((channel, i) => ending(channel, busy[i]));
      try {
        await until(
          () => ends.filter(isOver => !isOver()).length === 0,
          'all have printed everything',
          WITHIN_MS
        );
      } finally {
        channels.forEach(channel => channel.close());
      }
      channels.forEach((channel, i) => {
        // Tens of thousands of lines are compared, and only what is wrong is shown.
        const lines = channel.stdout(busy[i]).split('\n');
        const expected = [...Array.from({ length: LINES }, (_, n) => `${i} ${n}`), ''];
        const isThere = new Set(lines);
        expect(expected.filter(line => !isThere.has(line)).slice(0, SHOWN)).toEqual([]);
        expect(lines.length).toBe(expected.length);
        expect(lines.findIndex((line, n) => line !== expected[n])).toBe(-1);
        expect(channel.seqs).toEqual(channel.seqs.map((_, n) => channel.seqs[0] + n));
        expect(channel.control.filter(({ type }) => type === 'cut')).toEqual([]);
      });
      expect(service.output).not.toContain('"level":50');
    },
    WITHIN_MS + 30_000
  );
});
