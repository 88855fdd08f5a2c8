import type { Kernel } from '@jupyterlab/services';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { timebox } from '../kernels/timebox';
import type { InterruptOutcome } from '../tokens';

/** Pause between two questions for a kernel that the page is not connected to, ms. */
const ASK_MS = 500;

/** What is needed to see whether a kernel has answered. */
export interface IInterruptedKernel {
  /** The page's own connection, where there is one. */
  readonly connection?: Kernel.IKernelConnection;
  /** The kernel as its server sees it. */
  getModel(): Promise<Kernel.IModel | undefined>;
  /** Whether any cell of it can be stopped with the state kept. */
  readonly canKeepState: boolean;
  /** The label of its place. */
  readonly place: string;
}

/**
 * How an interrupt goes.
 *
 * @param asked What the place answers to it.
 * @param options.limitMs When it counts as unanswered, from now on.
 * @throws RuntimeError TIMED_OUT, or what `asked` failed with.
 */
export async function interruptOutcome(
  asked: Promise<void>,
  kernel: IInterruptedKernel,
  options: { limitMs: number; signal?: AbortSignal }
): Promise<InterruptOutcome> {
  const { connection } = kernel;
  const wasBusy = connection === undefined || connection.status === 'busy';
  const idle = waitForIdle(kernel, options);
  try {
    // A place that takes its time counts as one that does not answer.
    await Promise.race([
      asked,
      idle.then(isIdle => (isIdle ? timebox(asked, options.limitMs, kernel.place) : undefined))
    ]);
  } catch (error) {
    if (needsEnding(error) || !kernel.canKeepState) {
      return wasBusy ? 'impossible' : 'interrupted';
    }
    throw error;
  }
  return (await idle) ? 'interrupted' : 'unanswered';
}

function needsEnding(error: unknown): boolean {
  return error instanceof RuntimeError && error.code === 'INTERRUPT_NEEDS_ISOLATION';
}

/** Wait until an interrupted kernel is idle.
 *  @returns Whether it was within `limitMs`. */
export async function waitForIdle(
  kernel: IInterruptedKernel,
  options: { limitMs: number; signal?: AbortSignal }
): Promise<boolean> {
  const { connection } = kernel;
  return connection ? waitForConnection(connection, options) : waitByAsking(kernel, options);
}

function waitForConnection(
  connection: Kernel.IKernelConnection,
  options: { limitMs: number; signal?: AbortSignal }
): Promise<boolean> {
  if (connection.status !== 'busy') {
    return Promise.resolve(true);
  }
  return new Promise(resolve => {
    const finish = (answered: boolean) => {
      clearTimeout(timer);
      connection.statusChanged.disconnect(onStatus);
      options.signal?.removeEventListener('abort', onAbort);
      resolve(answered);
    };
    const onStatus = (_: unknown, status: Kernel.Status) => {
      if (status !== 'busy') {
        finish(true);
      }
    };
    const onAbort = () => finish(false);
    const timer = setTimeout(() => finish(connection.status !== 'busy'), options.limitMs);
    connection.statusChanged.connect(onStatus);
    options.signal?.addEventListener('abort', onAbort);
  });
}

async function waitByAsking(
  kernel: IInterruptedKernel,
  options: { limitMs: number; signal?: AbortSignal }
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < options.limitMs; waitedMs += ASK_MS) {
    const model = await kernel.getModel();
    if (model?.execution_state !== 'busy') {
      return true;
    }
    if (options.signal?.aborted) {
      return false;
    }
    await new Promise(resolve => setTimeout(resolve, ASK_MS));
  }
  return false;
}
