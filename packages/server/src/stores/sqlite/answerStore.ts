/** What was answered to requests with an Idempotency-Key. */
import type { DatabaseSync } from 'node:sqlite';

import type { IAnswer, IAnswerStore } from '../../http/idempotency.js';

export function answerStore(database: DatabaseSync): IAnswerStore {
  const find = database.prepare('SELECT request, answer FROM answers WHERE owner = ? AND key = ?');
  const put = database.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)');
  const removeBefore = database.prepare('DELETE FROM answers WHERE at < ?');
  return {
    find: (owner, key) => {
      const row = find.get(owner, key);
      return (
        row && {
          request: String(row['request']),
          answer: JSON.parse(String(row['answer'])) as IAnswer
        }
      );
    },
    put: (owner, key, request, answer, at) =>
      void put.run(owner, key, request, JSON.stringify(answer), at.getTime()),
    removeBefore: time => void removeBefore.run(time.getTime())
  };
}
