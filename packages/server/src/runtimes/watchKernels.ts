/** Ask a runtime's Jupyter Server which kernels it has: now and then, and when there is reason to. */
import type { IJupyterServer, IKernelModel, ISteadyClock } from './ports.js';

export interface IKernelsWatch {
  /** Ask now. */
  now(): void;
  dispose(): void;
}

/** @param options.pollMs From one look to the next, milliseconds; a server that takes longer has not answered. */
export function watchKernels(
  jupyter: IJupyterServer,
  { clock, pollMs }: { readonly clock: ISteadyClock; readonly pollMs: number },
  listener: { kernels(kernels: readonly IKernelModel[]): void; failed(error: unknown): void }
): IKernelsWatch {
  let isDisposed = false;
  let isAsking = false;
  let timer: { dispose(): void } | undefined;
  const askLater = (): void => {
    timer = clock.after(pollMs, () => void ask());
  };

  const ask = async (): Promise<void> => {
    if (isAsking || isDisposed) {
      return;
    }
    isAsking = true;
    timer?.dispose();
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
        askLater();
      }
    }
  };
  askLater();
  return {
    now: () => void ask(),
    dispose: () => {
      isDisposed = true;
      timer?.dispose();
    }
  };
}
