/** The stores of the use cases, over one SQLite database. */
import type { DatabaseSync } from 'node:sqlite';

import type { IExecution } from '@jupyterlab-runtimes/core';

import type {
  IExecutionStore,
  IIdempotencyStore,
  IRuntimeRecord,
  IRuntimeStore
} from '../../runtimes/ports.js';

export function runtimeStore(database: DatabaseSync): IRuntimeStore {
  const list = database.prepare('SELECT record FROM runtimes ORDER BY id');
  const put = database.prepare(
    'INSERT INTO runtimes VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record'
  );
  const removals = [
    'runtimes WHERE id',
    'executions WHERE runtime_id',
    'idempotency WHERE runtime_id'
  ].map(rest => database.prepare(`DELETE FROM ${rest} = ?`));
  return {
    list: () => list.all().map(row => JSON.parse(String(row['record'])) as IRuntimeRecord),
    put: record => void put.run(record.resource.id, JSON.stringify(record)),
    remove: id => removals.forEach(removal => void removal.run(id))
  };
}

export function executionStore(database: DatabaseSync): IExecutionStore {
  const list = database.prepare(
    'SELECT execution FROM executions WHERE runtime_id = ? ORDER BY number'
  );
  const put = database.prepare(
    `INSERT INTO executions (runtime_id, msg_id, execution) VALUES (?, ?, ?)
     ON CONFLICT (runtime_id, msg_id) DO UPDATE SET execution = excluded.execution`
  );
  const remove = database.prepare('DELETE FROM executions WHERE runtime_id = ? AND msg_id = ?');
  return {
    list: runtimeId =>
      list.all(runtimeId).map(row => JSON.parse(String(row['execution'])) as IExecution),
    put: (runtimeId, execution) =>
      void put.run(runtimeId, execution.msg_id, JSON.stringify(execution)),
    remove: (runtimeId, msgId) => void remove.run(runtimeId, msgId)
  };
}

export function idempotencyStore(database: DatabaseSync): IIdempotencyStore {
  const find = database.prepare('SELECT runtime_id, request FROM idempotency WHERE key = ?');
  const put = database.prepare('INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?)');
  return {
    find: key => {
      const row = find.get(key);
      return row && { runtimeId: String(row['runtime_id']), request: String(row['request']) };
    },
    put: (key, runtimeId, request) => void put.run(key, runtimeId, request)
  };
}

/** A value that is made once, and kept for the life of the data folder. */
export function keptValue(database: DatabaseSync, name: string, make: () => string): string {
  database.prepare('INSERT OR IGNORE INTO service VALUES (?, ?)').run(name, make());
  return String(database.prepare('SELECT value FROM service WHERE name = ?').get(name)?.['value']);
}
