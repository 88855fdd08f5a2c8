/** Several statements, all or none of which take effect, whatever happens to this process. */
import type { DatabaseSync } from 'node:sqlite';

export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk may have ended it already.
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}

/** The same, and it survives a loss of power too. */
export function durably(database: DatabaseSync, work: () => void): void {
  database.exec('PRAGMA synchronous = FULL');
  try {
    transaction(database, work);
  } finally {
    database.exec('PRAGMA synchronous = NORMAL');
  }
}
