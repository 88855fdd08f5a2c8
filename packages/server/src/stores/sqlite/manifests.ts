/** Manifests that users applied. */
import type { DatabaseSync } from 'node:sqlite';

import type { IManifestStore } from '../../environments/ports.js';

export function manifestStore(database: DatabaseSync): IManifestStore {
  const list = database.prepare('SELECT owner, name, text FROM manifests ORDER BY owner, name');
  const put = database.prepare(
    `INSERT INTO manifests VALUES (?, ?, ?)
     ON CONFLICT (owner, name) DO UPDATE SET text = excluded.text`
  );
  const remove = database.prepare('DELETE FROM manifests WHERE owner = ? AND name = ?');
  return {
    list: () =>
      list.all().map(row => ({
        owner: String(row['owner']),
        name: String(row['name']),
        text: String(row['text'])
      })),
    put: ({ owner, name, text }) => void put.run(owner, name, text),
    remove: (owner, name) => remove.run(owner, name).changes > 0
  };
}
