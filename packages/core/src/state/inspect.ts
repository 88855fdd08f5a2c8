/** What two kernels say of themselves and of the variables, before anything moves. */
import { runJob } from './job.js';
import type { KernelPort } from './kernelPort.js';
import type { IKernelFacts } from './ops.js';
import type { IDescription } from './plan.js';

export interface IDescribeOptions {
  readonly names?: readonly string[];
  /** Try the encoder on each, which runs what objects' own `__reduce__` runs, and foresees every refusal.
   *  Waits for a running cell. */
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
  readonly randomId: () => string;
}

/** Each variable, with its size and how it would go. Without `deep` at any time, and within about 0.3 s. */
export async function describeVariables(
  port: KernelPort,
  { names, deep = false, signal, randomId }: IDescribeOptions
): Promise<IDescription> {
  const args = { job: randomId(), names, deep };
  const channel = deep ? 'shell' : 'control';
  const { result } = await runJob(
    port,
    { op: 'describe', args, channel, stage: 'inspect' },
    { signal }
  );
  return result;
}

/** @param distributions Whose versions are to be told. */
export async function inspectKernel(
  port: KernelPort,
  distributions: readonly string[] = [],
  options: { readonly signal?: AbortSignal } = {}
): Promise<IKernelFacts> {
  return (await port.request('inspect', { distributions }, { channel: 'control', ...options }))
    .result;
}
