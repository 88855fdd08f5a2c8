import type { Kernel } from '@jupyterlab/services';

/** Pause between two questions for a kernel that the page is not connected to, ms. */
const ASK_MS = 500;

/** What is needed to see whether a kernel has answered. */
export interface IInterruptedKernel {
  /** The page's own connection, where there is one. */
  readonly connection?: Kernel.IKernelConnection;
  /** The kernel as its server sees it. */
  getModel(): Promise<Kernel.IModel | undefined>;
}

/** Wait until an interrupted kernel is idle.
 *  @returns Whether it was within `limitMs`. */
export async function waitForIdle(
  kernel: IInterruptedKernel,
  options: { limitMs: number; signal?: AbortSignal }
): Promise<boolean> {
  const { connection } = kernel;
  return connection
    ? waitForConnection(connection, options)
    : waitByAsking(kernel, options);
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
    if (!model || model.execution_state !== 'busy') {
      return true;
    }
    if (options.signal?.aborted) {
      return false;
    }
    await new Promise(resolve => setTimeout(resolve, ASK_MS));
  }
  return false;
}
