import type { IRuntimeManager, IRuntimeModel } from '../../tokens';

/** A kernel that has just started is listed a moment later, milliseconds. */
const LISTED_MS = 10_000;

/** @returns The runtime of a kernel, once it is listed; null where it is not. */
export async function waitForRuntime(
  manager: Pick<IRuntimeManager, 'findByKernelId' | 'changed'>,
  kernelId: string,
  timeoutMs = LISTED_MS
): Promise<IRuntimeModel | null> {
  const found = manager.findByKernelId(kernelId);
  if (found !== undefined) {
    return found;
  }
  return new Promise(resolve => {
    const end = (runtime: IRuntimeModel | null) => {
      clearTimeout(timer);
      manager.changed.disconnect(look);
      resolve(runtime);
    };
    const look = () => {
      const listed = manager.findByKernelId(kernelId);
      if (listed !== undefined) {
        end(listed);
      }
    };
    const timer = setTimeout(() => end(null), timeoutMs);
    manager.changed.connect(look);
  });
}
