/** Don't wait for a kernel for ever. */
import { RuntimeError } from '@jupyterlab-runtimes/core';

/** @throws RuntimeError TIMED_OUT */
export async function withinTime<T>(work: Promise<T>, timeoutMs: number, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new RuntimeError(
            'TIMED_OUT',
            `The kernel of "${name}" does not answer ${timeoutMs / 1000} s after its restart: restart it again, or end the runtime.`
          )
        ),
      timeoutMs
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
