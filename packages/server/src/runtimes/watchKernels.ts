/** Ask a runtime's Jupyter Server which kernels it has: now and then, and when there is reason to. */
import type { IJupyterServer, IKernelModel } from './ports.js';

export interface IKernelsWatch {
  /** Ask now. */
  now(): void;
  dispose(): void;
}

export function watchKernels(
  jupyter: IJupyterServer,
  pollMs: number,
  listener: { kernels(kernels: readonly IKernelModel[]): void; failed(error: unknown): void }
): IKernelsWatch {
  let isDisposed = false;
  let isAsking = false;
  let timer: NodeJS.Timeout | undefined;

  const ask = async (): Promise<void> => {
    if (isAsking || isDisposed) {
      return;
    }
    isAsking = true;
    clearTimeout(timer);
    try {
      const kernels = await jupyter.listKernels(AbortSignal.timeout(pollMs));
      if (!isDisposed) {
        listener.kernels(kernels);
      }
    } catch (error) {
      listener.failed(error);
    } finally {
      isAsking = false;
      if (!isDisposed) {
        timer = setTimeout(() => void ask(), pollMs);
      }
    }
  };
  timer = setTimeout(() => void ask(), pollMs);
  return {
    now: () => void ask(),
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
    }
  };
}
