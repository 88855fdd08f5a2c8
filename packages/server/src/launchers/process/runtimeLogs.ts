/** The log files of runtimes, from near their ends on, and followed while they grow. */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { setTimeout as delay } from 'node:timers/promises';

import type { IRuntimeLogs } from '../../http/logRoutes.js';

/** So much of a log is read at most before it is followed, bytes. */
const MAX_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
/** How often a followed file is looked at, milliseconds. */
const POLL_MS = 250;
const NEWLINE = 10;

/** @param folder Holds `<runtime id>.log`. */
export function runtimeLogs(folder: string): IRuntimeLogs {
  return { read: (id, options) => read(join(folder, `${id}.log`), options) };
}

async function* read(
  path: string,
  { tail, isAlive, signal }: Parameters<IRuntimeLogs['read']>[1]
): AsyncGenerator<Buffer, void, void> {
  let file = await openIfThere(path);
  try {
    let position = file ? await startOfTail(file, tail) : 0;
    for (;;) {
      // Asked before the file is read: what was written until then is in what is read.
      const mayGrow = isAlive?.() ?? false;
      file ??= await openIfThere(path);
      while (file && !signal.aborted) {
        const { buffer, bytesRead } = await file.read(
          Buffer.alloc(PIECE_BYTES),
          0,
          PIECE_BYTES,
          position
        );
        if (bytesRead === 0) {
          break;
        }
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
      if (!mayGrow || signal.aborted) {
        return;
      }
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await file?.close();
  }
}

/** A runtime that has no process yet has no log. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

async function startOfTail(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  if (lines === 0) {
    return size;
  }
  const length = Math.min(size, MAX_BYTES);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  // The newline at the very end ends the last line, and begins none.
  let newline = buffer.at(-1) === NEWLINE ? length - 1 : length;
  for (let n = 0; n < lines && newline >= 0; n++) {
    newline = newline === 0 ? -1 : buffer.lastIndexOf(NEWLINE, newline - 1);
  }
  return size - length + newline + 1;
}
