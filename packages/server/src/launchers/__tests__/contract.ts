/** What every launcher keeps to. Each engine runs this suite unchanged. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { JupyterServer } from '../../jupyter/jupyterServer.js';
import { newRuntimeId } from '../../runtimes/newRuntime.js';
import type { ILaunched, ILauncher, ILaunchPlan } from '../../runtimes/ports.js';

export interface ILauncherUnderTest {
  readonly launcher: ILauncher;
  /** The launcher of the next service over the same records, which knows nothing but them. */
  again(): ILauncher;
  /** End a runtime's process from outside, at once. */
  kill(id: string, handle: unknown): Promise<void> | void;
  dispose(): Promise<void> | void;
}

export interface IContractOptions {
  /** `ready`: it works. `never`: its servers don't answer. `refused`: `start` is rejected. */
  readonly outcome: 'ready' | 'never' | 'refused';
  /** A working launcher's server answers within this time, milliseconds. */
  readonly readyWithinMs: number;
}

const OWNER = 'ada';
/** How long one that never answers is waited for, milliseconds. */
const PATIENCE_MS = 300;

export function launcherContract(
  name: string,
  make: () => ILauncherUnderTest,
  { outcome, readyWithinMs }: IContractOptions
): void {
  describe(`${name}, as a launcher,`, () => {
    let test: ILauncherUnderTest;
    let plan: ILaunchPlan;
    const timeoutMs = readyWithinMs * 2 + 10_000;

    beforeAll(async () => {
      test = make();
      const [environment] = await test.launcher.listEnvironments(OWNER);
      plan = { owner: OWNER, environment, env: {}, resources: {}, persistentStorage: false };
    }, timeoutMs);
    afterAll(() => test.dispose(), timeoutMs);

    /** Start, and keep what the record would keep: the handle as JSON. */
    async function start(): Promise<{ id: string; handle: unknown; launched: ILaunched }> {
      const id = newRuntimeId(new Date());
      let handle = 'null';
      const launched = await test.launcher.start(id, plan, each => (handle = JSON.stringify(each)));
      return { id, handle: JSON.parse(handle) as unknown, launched };
    }
    const answers = async ({ address }: ILaunched, withinMs: number): Promise<boolean> =>
      new JupyterServer(address).untilReady(AbortSignal.timeout(withinMs)).then(
        () => true,
        () => false
      );

    it('lists environments with a default, each of which can run or says why it can not', async () => {
      const environments = await test.launcher.listEnvironments(OWNER);
      expect(environments[0].is_default).toBe(true);
      expect(new Set(environments.map(each => each.name)).size).toBe(environments.length);
      environments.forEach(({ available, unavailable_reason: reason }) =>
        expect(available).toBe(reason === '')
      );
    });

    it('finds nothing wrong with what works, and says what is with what is not there', async () => {
      expect(await test.launcher.diagnose(plan.environment.name, OWNER)).toBe('');
      expect(await test.launcher.diagnose('no-such-environment', OWNER)).toMatch(/\.$/);
    });

    it('refuses variables that would run other programs, and leaves nothing behind', async () => {
      const id = newRuntimeId(new Date());
      const bad = { ...plan, env: { LD_PRELOAD: '/x.so' } };
      await expect(test.launcher.start(id, bad, () => undefined)).rejects.toMatchObject({
        code: 'INVALID_REQUEST'
      });
      expect(await test.launcher.adopt(id, null)).toBeUndefined();
      await test.launcher.end(id, null);
    });

    it('ends what was never started without a word', async () => {
      await test.launcher.end(newRuntimeId(new Date()), null);
    });

    if (outcome === 'refused') {
      it('rejects with a sentence, and leaves nothing behind', async () => {
        const id = newRuntimeId(new Date());
        const failure: unknown = await test.launcher
          .start(id, plan, () => undefined)
          .catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(RuntimeError);
        expect((failure as RuntimeError).message).toMatch(/\.$/);
        expect(await test.launcher.adopt(id, null)).toBeUndefined();
        await test.launcher.end(id, null);
      });
      return;
    }

    it(
      outcome === 'ready' ? 'starts a server that answers' : 'starts, and is waited for in vain',
      async () => {
        const { id, handle, launched } = await start();
        expect(handle).not.toBeNull();
        const withinMs = outcome === 'ready' ? readyWithinMs : PATIENCE_MS;
        expect(await answers(launched, withinMs)).toBe(outcome === 'ready');
        await test.launcher.end(id, handle);
        expect(await launched.ended).toMatch(/SIG|exit code|ended/);
        expect(await answers(launched, PATIENCE_MS)).toBe(false);
        expect(await test.launcher.adopt(id, handle)).toBeUndefined();
        await test.launcher.end(id, handle);
      },
      timeoutMs
    );

    it(
      'gives the next service what was started, by handle or by id alone, and the same notes',
      async () => {
        const { id, handle, launched } = await start();
        const next = test.again();
        const adopted = await next.adopt(id, handle);
        expect(adopted?.address).toEqual(launched.address);
        expect(adopted?.notes).toEqual(launched.notes);
        await next.end(id, handle);
        expect(await adopted?.ended).toMatch(/./);
        await test.launcher.end(id, handle);
      },
      timeoutMs
    );

    it(
      'tells when a process ends by itself, and has nothing to adopt then',
      async () => {
        const { id, handle, launched } = await start();
        await test.kill(id, handle);
        expect(await launched.ended).toMatch(/SIGKILL|exit code/);
        expect(await test.launcher.adopt(id, handle)).toBeUndefined();
        await test.launcher.end(id, handle);
      },
      timeoutMs
    );

    it(
      'ends orphans and no others',
      async () => {
        const [kept, orphan] = await Promise.all([start(), start()]);
        await test.again().endOrphans(new Set([kept.id]));
        expect(await orphan.launched.ended).toMatch(/./);
        expect(await test.launcher.adopt(orphan.id, orphan.handle)).toBeUndefined();
        expect(await test.launcher.adopt(kept.id, kept.handle)).toBeDefined();
        await test.launcher.end(kept.id, kept.handle);
        await test.launcher.end(orphan.id, orphan.handle);
      },
      timeoutMs
    );

    if (outcome === 'ready') {
      it(
        'keeps runtimes apart: the token of one opens no other',
        async () => {
          const [one, other] = await Promise.all([start(), start()]);
          expect(await answers(one.launched, readyWithinMs)).toBe(true);
          expect(await answers(other.launched, readyWithinMs)).toBe(true);
          expect(one.launched.address.token).not.toBe(other.launched.address.token);
          const crossed = {
            ...one.launched,
            address: { ...one.launched.address, token: other.launched.address.token }
          };
          expect(await answers(crossed, PATIENCE_MS)).toBe(false);
          await test.launcher.end(one.id, one.handle);
          expect(await answers(other.launched, PATIENCE_MS)).toBe(true);
          await test.launcher.end(other.id, other.handle);
        },
        timeoutMs
      );
    }
  });
}
