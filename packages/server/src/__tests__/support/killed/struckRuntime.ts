/** A runtime of a real service, of which the kernel or the service is killed: filled, looked at, and waited for. */
import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { processesOf } from '../processes.js';
import { TestChannel } from '../testChannel.js';
import { sleep, until, type TestService } from '../testService.js';
import { cellFor, LOOK } from './values.js';

const PATIENCE_MS = 90_000;
/** A kernel that was killed is asked so often, milliseconds. */
const ASK_MS = 5000;

export class StruckRuntime {
  /** @param service It runs already. */
  static async launch(service: TestService, name: string): Promise<StruckRuntime> {
    const { id } = await service.launch(name);
    return new StruckRuntime(service, id);
  }

  private constructor(
    readonly service: TestService,
    readonly id: string
  ) {}

  /** Give it new values. @param bytes Of the biggest. */
  async fill(generation: number, bytes: number): Promise<void> {
    await this._run(cellFor(generation, bytes), 'filling');
  }

  /** What `LOOK` says of it; waits for what the kernel may be doing yet. @param told For the failure. */
  async look(told: string): Promise<string> {
    return (await this._run(`print(${LOOK})`, told)).trim();
  }

  async atRest(): Promise<IRuntimeResource> {
    const resting = new Set(['running', 'paused', 'failed', 'terminated']);
    const get = () => this.service.client.getRuntime(this.id);
    await until(
      async () => resting.has((await get().catch(() => undefined))?.state ?? ''),
      'the runtime is at rest',
      PATIENCE_MS
    );
    return get();
  }

  /** It is started again at once, and then it resolves. */
  async killService(): Promise<void> {
    await this.service.signal('SIGKILL');
    await this.service.start();
  }

  /** @param isOver When nobody needs it any more: it may not have been started yet. */
  async killKernel(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const kernel = processesOf(this.service).find(
        ({ command }) => command.includes(this.id) && command.includes('kernel_launcher')
      );
      if (kernel) {
        process.kill(kernel.pid, 'SIGKILL');
        return;
      }
      await sleep(20);
    }
  }

  /** Ask until somebody answers: a kernel may be starting in the place of one that was killed. */
  private async _run(code: string, told: string): Promise<string> {
    for (const late = Date.now() + PATIENCE_MS; ;) {
      const runtime = await this.service.client.getRuntime(this.id);
      const channel = new TestChannel(this.service, runtime);
      try {
        return await channel.done(channel.execute(code), ASK_MS);
      } catch (error) {
        if (Date.now() > late) {
          throw new Error(`${told}: its kernel does not answer.`, { cause: error });
        }
      } finally {
        channel.close();
      }
    }
  }
}
