import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import { transfer } from '../transfer.js';
import { JupyterServer } from './support/jupyterServer.js';

const sources = stateSources();

describe('a kernel that ends in the middle', () => {
  let server: JupyterServer;
  beforeAll(async () => {
    server = await JupyterServer.start();
  }, 120_000);
  afterAll(() => server.stop(), 30_000);

  it.each(['source', 'target'] as const)(
    'is told in a sentence, and the other one is whole (the %s is killed)',
    async which => {
      const [source, target] = await Promise.all([server.kernel(sources), server.kernel(sources)]);
      await source.run(`import os; kept = 7; big = os.urandom(${48 << 20})`);
      await target.run('kept = 1');
      const kernels = { source, target };
      const pid = Number(await kernels[which].run('import os; shown = os.getpid()'));
      let isKilled = false;
      const moving = transfer(
        source.port,
        target.port,
        { names: ['kept', 'big'], transport: 'messages' },
        {
          randomId: randomUUID,
          onProgress: ({ stage, bytes }) => {
            // What was under way still arrives afterwards.
            if (!isKilled && stage === 'move' && bytes > 10e6) {
              isKilled = true;
              process.kill(pid, 'SIGKILL');
            }
          }
        }
      ).catch((error: unknown) => error);
      expect(await moving).toMatchObject({
        code: 'NOT_RUNNING',
        message: expect.stringMatching(/ended or was restarted/)
      });
      const other = which === 'source' ? target : source;
      const whole = await other.run('shown = kept, "big" in globals()');
      expect(whole).toBe(which === 'source' ? '(1, False)' : '(7, True)');
    },
    60_000
  );
});
