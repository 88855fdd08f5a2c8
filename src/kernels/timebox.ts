import { RuntimeError } from '@jupyterlab-runtimes/core';

/** Wait for `work` at most `limitMs`; the work itself is not stopped.
 *  @throws RuntimeError TIMED_OUT (retryable) naming `what`. */
export async function timebox<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RuntimeError('TIMED_OUT', `${what} did not answer within ${limitMs / 1000} s.`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
