/** From a request to a kernel that answers. */
import { RuntimeError } from '@jupyterlab-runtimes/core';

import type { IJupyterServer, ILaunched, ILauncher, ILaunchPlan, IRelay } from './ports.js';
import type { ILive, Runtime } from './runtime.js';

export interface ILaunchParts {
  readonly launcher: ILauncher;
  jupyterFor(launched: ILaunched): IJupyterServer;
  openRelay(runtime: Runtime, live: ILive, kernelId: string, isNew: boolean): IRelay;
  readonly timeoutMs: number;
  /** Called when the kernel answers, before the runtime counts as running: brings its state back. */
  restore(runtime: Runtime, stop: AbortSignal): Promise<void>;
  /** Called when it runs. */
  began(runtime: Runtime): void;
}

/**
 * Bring a runtime from `requested` (or from wherever an earlier service left it) to `running`.
 *
 * @param found The process that an earlier service started.
 * @throws RuntimeError ENVIRONMENT_BROKEN | ENVIRONMENT_INVALID | START_FAILED | KERNEL_DIED_AT_START | TIMED_OUT | DISK_FULL
 */
export async function launch(
  runtime: Runtime,
  plan: ILaunchPlan,
  parts: ILaunchParts,
  found?: ILaunched
): Promise<ILive> {
  const { signal } = runtime.ending;
  // Not AbortSignal.timeout: what is restored after the start may take as long as it takes.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), parts.timeoutMs);
  const stop = AbortSignal.any([signal, late.signal]);
  try {
    progress(runtime, 10, 'Starting Jupyter Server…');
    const launched =
      found ??
      (await parts.launcher.start(runtime.id, plan, handle => {
        runtime.update({}, { handle });
      }));
    const jupyter = parts.jupyterFor(launched);
    const live: ILive = { launched, jupyter, relay: null };
    runtime.update({ notes: [...launched.notes] });
    runtime.live = live;
    signal.throwIfAborted();
    const died = launched.ended.then(reason => {
      throw new RuntimeError(
        'START_FAILED',
        `The runtime's Jupyter Server ended while it started: ${reason}`
      );
    });
    died.catch(() => undefined);
    await Promise.race([start(runtime, live, plan, parts, found !== undefined, stop), died]);
    clearTimeout(timer);
    await Promise.race([parts.restore(runtime, signal), died]);
    signal.throwIfAborted();
    parts.began(runtime);
    return live;
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) {
      throw new RuntimeError(
        'TIMED_OUT',
        `The runtime did not start within ${parts.timeoutMs / 1000} s (${runtime.resource.progress?.message ?? 'starting'}): check the load of the machine, then launch again. ${runtime.live?.launched.logTail() ?? ''}`.trim(),
        { cause: error }
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function start(
  runtime: Runtime,
  live: ILive,
  plan: ILaunchPlan,
  parts: ILaunchParts,
  wasFound: boolean,
  stop: AbortSignal
): Promise<void> {
  await live.jupyter.untilReady(stop);
  progress(runtime, 50, 'Starting the kernel…');
  const [existing] = wasFound ? await live.jupyter.listKernels(stop) : [];
  const kernel = existing ?? (await live.jupyter.startKernel(plan.environment.kernel_name, stop));
  stop.throwIfAborted();
  runtime.update({ kernel: { id: kernel.id, name: kernel.name, execution_state: 'starting' } });
  progress(runtime, 70, 'Waiting for the kernel…');
  live.relay = parts.openRelay(runtime, live, kernel.id, true);
  await Promise.race([
    live.relay.ready.catch((error: unknown) => kernelDied(error, runtime)),
    aborted(stop)
  ]);
}

function kernelDied(error: unknown, runtime: Runtime): never {
  if (error instanceof RuntimeError && error.code === 'KERNEL_DIED_AT_START') {
    throw new RuntimeError(
      'KERNEL_DIED_AT_START',
      `${error.message}: check that ipykernel works in this environment. ${runtime.live?.launched.logTail() ?? ''}`.trim(),
      { cause: error }
    );
  }
  throw error;
}

function progress(runtime: Runtime, percent: number, message: string): void {
  const state = runtime.resource.state === 'resuming' ? 'resuming' : 'starting';
  runtime.update({ state, progress: { percent, message } });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
