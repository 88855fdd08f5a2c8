/** Where a runtime's socket and files are: a short path that only this user can enter. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { RuntimeError } from '@jupyterlab-runtimes/core';

/** `sockaddr_un.sun_path` holds 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH_BYTES = 100;
/** The socket's path goes into a URL as it is. */
const PLAIN_PATH = /^[A-Za-z0-9._/-]+$/;

/** What is added to the folder for one runtime: `/<id>/s`. */
const SUFFIX_LENGTH = 1 + 27 + 2;

/**
 * The folder that holds the runtimes' private folders: within the data folder where its path is short and plain enough,
 * else a folder of the same service below the system's folder for temporary files.
 *
 * @throws RuntimeError FORBIDDEN when somebody else owns it.
 */
export function privateRoot(dataDir: string): string {
  const inside = join(dataDir, 'run');
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const isShort =
    PLAIN_PATH.test(inside) && Buffer.byteLength(inside) + SUFFIX_LENGTH <= MAX_SOCKET_PATH_BYTES;
  const root =
    isShort || process.platform === 'win32'
      ? inside
      : join(tmpdir(), `jlr-${process.getuid?.() ?? ''}-${digest}`);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const stat = lstatSync(root);
  const uid = process.getuid?.();
  if (
    !stat.isDirectory() ||
    (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0))
  ) {
    throw new RuntimeError(
      'FORBIDDEN',
      `The folder ${root} is not private to this user: remove it, or choose another --data-dir.`
    );
  }
  return root;
}

/** Remove the root when it is outside the data folder and nothing is in it. */
export function leavePrivateRoot(dataDir: string, root: string): void {
  if (dirname(root) !== dataDir && existsSync(root) && readdirSync(root).length === 0) {
    rmdirSync(root);
  }
}

/** Make an empty private folder. */
export function makePrivateFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
}
