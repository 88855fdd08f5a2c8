/** Work of a kernel that takes long: its progress is asked for while it runs, and it can be called off. */
import { RuntimeError } from '../errors.js';
import type { IStateReply, KernelPort } from './kernelPort.js';
import type { IStateOps } from './ops.js';
import type { IStateOptions, StateStage } from './progress.js';
import { moveCancelled } from './moveErrors.js';

type JobOp = 'describe' | 'capture' | 'restore';

export interface IJob<K extends JobOp> {
  readonly op: K;
  readonly args: IStateOps[K]['args'];
  readonly buffers?: readonly Uint8Array<ArrayBuffer>[];
  readonly channel?: 'shell' | 'control';
  readonly stage: StateStage;
}

const FIRST_POLL_MS = 10;
const POLL_MS = 200;
/** Nobody waits much longer than needed for a job that goes on by itself. */
const LONGEST_WAIT_MS = 50;

/**
 * Do it, and wait. A job that is called off too late is done all the same, and says so by its result: what a kernel
 * has done is never reported as not done.
 *
 * @throws RuntimeError CANCELLED: nothing was done, and nothing will be.
 */
export async function runJob<K extends JobOp>(
  port: KernelPort,
  { op, args, buffers, channel, stage }: IJob<K>,
  { signal, onProgress }: IStateOptions
): Promise<IStateReply<K>> {
  if (signal?.aborted) {
    throw moveCancelled();
  }
  const { job } = args;
  const outcome = finish(port, job, port.request(op, args, { buffers, channel }));
  let isOver = false;
  const over = outcome.then(
    () => void (isOver = true),
    () => void (isOver = true)
  );
  const poll = async (): Promise<{ known: boolean; done: boolean }> => {
    const { result } = await port.request('poll', { job }, { channel: 'control' });
    if (result.known && !result.done && !isOver && onProgress) {
      onProgress({ stage, bytes: result.bytes, totalBytes: result.total });
    }
    return result;
  };
  while (!isOver && !signal?.aborted) {
    await untilSettled(over, signal, POLL_MS);
    if (!isOver && !signal?.aborted) {
      // How the job ends says more than how asking about it failed.
      await Promise.race([poll().catch(() => undefined), over, aborted(signal)]);
    }
  }
  if (signal?.aborted && !isOver) {
    try {
      await port.request('cancel', { job }, { channel: 'control' });
      if (!(await poll()).known) {
        // It waits for a cell to end; when its turn comes, it will not begin.
        outcome.catch(() => undefined);
        throw moveCancelled();
      }
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'NOT_RUNNING') {
        outcome.catch(() => undefined);
      }
      throw error;
    }
  }
  return outcome;
}

/** A job that goes on by itself is asked for its outcome when it has one. */
async function finish<K extends JobOp>(
  port: KernelPort,
  job: string,
  asked: Promise<IStateReply<K>>
): Promise<IStateReply<K>> {
  const reply = await asked;
  if (!(reply.result as { pending?: boolean }).pending) {
    return reply;
  }
  for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 2, LONGEST_WAIT_MS)) {
    const { result } = await port.request('poll', { job }, { channel: 'control' });
    if (result.done || !result.known) {
      const outcome = await port.request('outcome', { job }, { channel: 'control' });
      return outcome as unknown as IStateReply<K>;
    }
    await new Promise(resolve => setTimeout(resolve, ms));
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => signal?.addEventListener('abort', () => resolve(), { once: true }));
}

async function untilSettled(
  over: Promise<void>,
  signal: AbortSignal | undefined,
  ms: number
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: () => void = () => undefined;
  const wake = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
    onAbort = resolve;
    signal?.addEventListener('abort', onAbort);
  });
  await Promise.race([over, wake]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
}
