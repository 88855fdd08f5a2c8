/** One service per data folder: a lock that the operating system takes back when its holder ends, however it ends. */
import { DatabaseSync } from 'node:sqlite';

import { RuntimeError } from '@jupyterlab-runtimes/core';

/** How long to wait for a holder that is just ending, milliseconds. */
const WAIT_MS = 2000;

/** @throws RuntimeError CONFLICT when another service has the folder. */
export function own(path: string, dataDir: string): { release(): void } {
  const database = new DatabaseSync(path);
  try {
    database.exec(
      `PRAGMA busy_timeout = ${WAIT_MS}; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;`
    );
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) {
      throw new RuntimeError(
        'CONFLICT',
        `Another runtime service already uses the data folder ${dataDir}: use that one, stop it with \`jupyter runtimes stop\`, or choose another --data-dir.`,
        { cause: error }
      );
    }
    throw error;
  }
  return { release: () => database.close() };
}
