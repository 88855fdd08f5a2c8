import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { stateSources } from '../../../../../scripts/state/sources.mjs';
import { runJob } from '../job.js';
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

  it.each([
    // Interrupted, the cell would end, and the capture begin.
    [
      'says goodbye',
      'import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)'
    ],
    ['is too busy to say goodbye', 'import ctypes; ctypes.PyDLL(None).sleep(60)']
  ])(
    'is told in a sentence when somebody restarts it, and it %s',
    async (_, cell) => {
      const { id, port, begin } = await server.kernel(sources);
      await port.request('poll', { job: '' }, { channel: 'control' });
      const begun = join(server.folder, id);
      await begin(`open(${JSON.stringify(begun)}, "w").close(); ${cell}`);
      while (!existsSync(begun)) {
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      const capturing = runJob(
        port,
        { op: 'capture', args: { job: randomUUID() }, stage: 'capture' },
        {}
      ).catch((error: unknown) => error);
      await new Promise(resolve => setTimeout(resolve, 300));
      await server.restart(id);
      expect(await capturing).toMatchObject({ code: 'NOT_RUNNING' });
    },
    30_000
  );
});
