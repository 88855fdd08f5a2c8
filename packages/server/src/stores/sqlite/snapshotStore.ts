/** The list of snapshots in the service's database. */
import type { DatabaseSync } from 'node:sqlite';

import type { ISnapshotRecord, ISnapshotStore } from '../../snapshots/ports.js';
import { durably, transaction } from './transaction.js';

export function snapshotStore(database: DatabaseSync): ISnapshotStore {
  const list = database.prepare('SELECT record FROM snapshots WHERE owner = ? ORDER BY id');
  const find = database.prepare('SELECT record FROM snapshots WHERE id = ?');
  const add = database.prepare('INSERT INTO snapshots VALUES (?, ?, ?)');
  const addChunk = database.prepare('INSERT OR IGNORE INTO snapshot_chunks VALUES (?, ?, ?, ?)');
  const change = database.prepare('UPDATE snapshots SET record = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM snapshots WHERE id = ?');
  const removeChunks = database.prepare('DELETE FROM snapshot_chunks WHERE snapshot_id = ?');
  const owners = database.prepare('SELECT DISTINCT owner FROM snapshots');
  const needed = database.prepare('SELECT DISTINCT digest FROM snapshot_chunks WHERE owner = ?');
  const used = database.prepare(
    'SELECT coalesce(sum(size), 0) AS bytes FROM (SELECT DISTINCT digest, size FROM snapshot_chunks WHERE owner = ?)'
  );
  return {
    list: owner => list.all(owner).map(read),
    find: id => {
      const row = find.get(id);
      return row && read(row);
    },
    add: (record, chunks) =>
      // A process is ended because this is written: it must survive a loss of power.
      durably(database, () => {
        const { id, owner } = record.resource;
        add.run(id, owner, JSON.stringify(record));
        chunks.forEach(({ digest, size }) => addChunk.run(id, owner, digest, size));
      }),
    change: record => void change.run(JSON.stringify(record), record.resource.id),
    remove: id =>
      transaction(database, () => {
        remove.run(id);
        removeChunks.run(id);
      }),
    owners: () => owners.all().map(row => String(row['owner'])),
    needed: owner => new Set(needed.all(owner).map(row => String(row['digest']))),
    usedBytes: owner => Number(used.get(owner)?.['bytes'] ?? 0)
  };
}

const read = (row: Record<string, unknown>): ISnapshotRecord =>
  JSON.parse(String(row['record'])) as ISnapshotRecord;
