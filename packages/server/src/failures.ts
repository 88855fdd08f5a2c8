/** Whatever was thrown, as the error that people read. */
import { RuntimeError } from '@jupyterlab-runtimes/core';

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);

/** @param where What the disk holds, for the sentence. */
export function toRuntimeError(error: unknown, where = 'of the runtime service'): RuntimeError {
  if (error instanceof RuntimeError) {
    return error;
  }
  const { code, message } = error as { code?: string; message?: string };
  if (
    (code !== undefined && DISK_FULL.has(code)) ||
    (message ?? '').includes('database or disk is full')
  ) {
    return new RuntimeError(
      'DISK_FULL',
      `The disk ${where} is full (ENOSPC): free some space, then try again.`,
      {
        cause: error
      }
    );
  }
  return new RuntimeError(
    'INTERNAL',
    'Something failed within the runtime service: its log has the cause.',
    {
      cause: error
    }
  );
}
