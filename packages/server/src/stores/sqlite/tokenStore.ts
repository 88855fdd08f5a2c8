/** Tokens as digests: who reads the database can't use them. */
import type { DatabaseSync } from 'node:sqlite';

import type { IToken } from '@jupyterlab-runtimes/core';

import type { ITokenStore } from '../../identity/ports.js';

export function tokenStore(database: DatabaseSync): ITokenStore {
  const list = database.prepare('SELECT record FROM tokens ORDER BY id');
  const find = database.prepare('SELECT record FROM tokens WHERE digest = ?');
  const put = database.prepare('INSERT INTO tokens (id, digest, record) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM tokens WHERE id = ?');
  const read = (row: Record<string, unknown>): IToken =>
    JSON.parse(String(row['record'])) as IToken;
  return {
    list: () => list.all().map(read),
    find: digest => {
      const row = find.get(digest);
      return row && read(row);
    },
    put: (digest, token) => void put.run(token.id, digest, JSON.stringify(token)),
    remove: id => Number(remove.run(id).changes) > 0
  };
}
