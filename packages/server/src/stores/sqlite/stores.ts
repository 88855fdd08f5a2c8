/** The stores of the use cases, over one SQLite database. */
import type { DatabaseSync } from 'node:sqlite';

import type { IExecution } from '@jupyterlab-runtimes/core';

import type { IExecutionStore, IRuntimeRecord, IRuntimeStore } from '../../runtimes/ports.js';
import type { IMark } from '../../runtimes/mark.js';
import { transaction } from './transaction.js';

/** A request's key counts for so long, milliseconds. */
const MARKS_KEPT_MS = 24 * 3600_000;
const PRUNE_MS = 600_000;

export function runtimeStore(database: DatabaseSync, now: () => Date): IRuntimeStore {
  const list = database.prepare('SELECT record FROM runtimes ORDER BY id');
  const put = database.prepare(
    'INSERT INTO runtimes VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record'
  );
  const removals = ['runtimes WHERE id', 'executions WHERE runtime_id'].map(rest =>
    database.prepare(`DELETE FROM ${rest} = ?`)
  );
  const findMark = database.prepare('SELECT runtime_id, request FROM idempotency WHERE key = ?');
  const putMark = database.prepare('INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)');
  const removeMarks = database.prepare('DELETE FROM idempotency WHERE at < ?');
  let prunedAt = 0;

  function putMarks(marks: readonly IMark[]): void {
    const time = now().getTime();
    marks.forEach(({ key, runtimeId, request }) => putMark.run(key, runtimeId, request, time));
    if (Math.abs(time - prunedAt) > PRUNE_MS) {
      prunedAt = time;
      removeMarks.run(time - MARKS_KEPT_MS);
    }
  }
  return {
    list: () => list.all().map(row => JSON.parse(String(row['record'])) as IRuntimeRecord),
    put: (record, marks = []) => {
      const text = JSON.stringify(record);
      if (marks.length === 0) {
        put.run(record.resource.id, text);
        return;
      }
      transaction(database, () => {
        put.run(record.resource.id, text);
        putMarks(marks);
      });
    },
    remove: id => removals.forEach(removal => void removal.run(id)),
    marked: key => {
      const row = findMark.get(key);
      return row && { key, runtimeId: String(row['runtime_id']), request: String(row['request']) };
    }
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

/** A value that is made once, and kept for the life of the data folder. */
export function keptValue(database: DatabaseSync, name: string, make: () => string): string {
  database.prepare('INSERT OR IGNORE INTO service VALUES (?, ?)').run(name, make());
  return String(database.prepare('SELECT value FROM service WHERE name = ?').get(name)?.['value']);
}
