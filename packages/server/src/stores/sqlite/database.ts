/** The service's records on one machine: SQLite, as Node brings it. */
import { DatabaseSync } from 'node:sqlite';

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
     '$.resource.notes', json('[]'));`
];

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
