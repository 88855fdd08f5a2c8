/** The end of a log file, for people. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { LOG_FOLLOWS } from '@jupyterlab-runtimes/core';

const MAX_BYTES = 8 * 1024;
const MAX_LINES = 12;

/** The last lines, '' where there are none (or no file). */
export function readLogTail(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    // It never got so far as to log.
    return '';
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, MAX_BYTES));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8').trimEnd().split('\n').slice(-MAX_LINES);
    const text = lines.filter(line => line.trim() !== '').join('\n');
    return text === '' ? '' : `${LOG_FOLLOWS}\n${text}`;
  } finally {
    closeSync(fd);
  }
}
