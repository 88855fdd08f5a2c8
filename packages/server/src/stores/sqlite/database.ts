/** The service's records on one machine: SQLite, as Node brings it. */
import { DatabaseSync } from 'node:sqlite';

import { toRuntimeError } from '../../failures.js';

/** Steps from each version of the schema to the next; never change one that was released. */
const STEPS = [
  `CREATE TABLE runtimes (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
   CREATE TABLE executions (
     number INTEGER PRIMARY KEY, runtime_id TEXT NOT NULL, msg_id TEXT NOT NULL, execution TEXT NOT NULL,
     UNIQUE (runtime_id, msg_id)
   ) STRICT;
   CREATE TABLE idempotency (key TEXT PRIMARY KEY, runtime_id TEXT NOT NULL, request TEXT NOT NULL) STRICT;
   CREATE TABLE service (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;`,
  // Owners: what was there belongs to the one user that there was.
  `CREATE TABLE tokens (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;
   CREATE TABLE answers (
     owner TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (owner, key)
   ) STRICT;
   UPDATE runtimes SET record = json_insert(record, '$.resource.owner', 'me', '$.resource.idle', NULL,
     '$.resource.warning', NULL, '$.resource.snapshot_id', NULL, '$.resource.state_as_of', NULL,
     '$.resource.notes', json('[]'));`,
  `CREATE TABLE snapshots (
     id TEXT PRIMARY KEY, owner TEXT NOT NULL, record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX snapshots_of_owner ON snapshots (owner, id);
   CREATE TABLE snapshot_chunks (
     snapshot_id TEXT NOT NULL, owner TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
     PRIMARY KEY (snapshot_id, digest)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX chunks_of_owner ON snapshot_chunks (owner, digest, size);`,
  `CREATE TABLE manifests (
     owner TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (owner, name)
   ) STRICT;`,
  // Keys count for a day, also when their runtime is gone.
  `ALTER TABLE idempotency ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
   UPDATE idempotency SET at = unixepoch() * 1000;`
];

/** Why nothing can be written, a sentence; '' when it can. */
export function whyNotWritable(database: DatabaseSync): string {
  try {
    database.exec(
      "BEGIN IMMEDIATE; INSERT OR REPLACE INTO service VALUES ('ready', datetime('now')); COMMIT;"
    );
    return '';
  } catch (error) {
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    return `The runtime service can't write its records: ${toRuntimeError(error).message}`;
  }
}

/** Open (or make) the database.
 *  @throws Error when it was written by a newer version. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  // NORMAL: a commit survives the end of this process; the last ones may be lost with the machine's power.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;'
  );
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (version > STEPS.length) {
    throw new Error(
      `The records in ${path} were written by a newer version: install that version again.`
    );
  }
  STEPS.slice(version).forEach((step, i) => {
    database.exec(`BEGIN; ${step} PRAGMA user_version = ${version + i + 1}; COMMIT;`);
  });
  return database;
}
