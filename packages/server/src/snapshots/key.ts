/** The key with which the service signs what it has captured. Kernels never see it. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync
} from 'node:fs';

import { RuntimeError } from '@jupyterlab-runtimes/core';

const KEY = /^[0-9a-f]{64}$/;

/** Read the key, or make it at first use (mode 0600).
 *  @throws RuntimeError FORBIDDEN when others can read it, or it is none. */
export function stateKey(path: string): Buffer {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
    return makeKey(path);
  }
  const stat = lstatSync(path);
  const uid = process.getuid?.();
  const isPrivate = uid === undefined || (stat.uid === uid && (stat.mode & 0o077) === 0);
  if (!stat.isFile() || !isPrivate || !KEY.test(text)) {
    throw new RuntimeError(
      'FORBIDDEN',
      `The key file ${path} is not private to this user, or is no key: give it mode 0600, or restore it from a copy. Without it, snapshots count as another's.`
    );
  }
  return Buffer.from(text, 'hex');
}

function makeKey(path: string): Buffer {
  const key = randomBytes(32);
  const temporary = `${path}.${process.pid}.part`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, `${key.toString('hex')}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  return key;
}
