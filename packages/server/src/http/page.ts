/** Lists in parts. */
import { Type, type Static } from '@sinclair/typebox';

import { RuntimeError, type IPage } from '@jupyterlab-runtimes/core';

export const PageQuerySchema = Type.Object({
  cursor: Type.Optional(
    Type.String({ maxLength: 600, description: '`next_cursor` of the part before' })
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default: 200' }))
});
export type IPageQuery = Static<typeof PageQuerySchema>;

const DEFAULT_LIMIT = 200;

/**
 * The part of a list that the query asks for. The cursor holds the key of the last item that was given: what comes and
 * goes meanwhile neither repeats nor hides another item.
 *
 * @param items In ascending order of their keys.
 * @param keyOf Unique; default: the item's `id`.
 * @throws RuntimeError INVALID_REQUEST
 */
export function pageOf<T>(
  items: readonly T[],
  { cursor, limit = DEFAULT_LIMIT }: IPageQuery,
  keyOf: (item: T) => string = idOf
): IPage<T> {
  const start = cursor === undefined ? 0 : firstAfter(items, decode(cursor), keyOf);
  const part = items.slice(start, start + limit);
  const last = part.at(-1);
  const isEnd = last === undefined || start + limit >= items.length;
  return { items: part, next_cursor: isEnd ? null : encode(keyOf(last)) };
}

/** In ascending order of their keys, as `pageOf` wants them. */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

function firstAfter<T>(items: readonly T[], key: string, keyOf: (item: T) => string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(items[middle]) <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const idOf = (item: unknown): string => (item as { id: string }).id;

const encode = (key: string): string => Buffer.from(`1${key}`).toString('base64url');

function decode(cursor: string): string {
  const text = /^[\w-]+$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString() : '';
  if (!text.startsWith('1')) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      'The field querystring.cursor is not as expected: send `next_cursor` as it came.'
    );
  }
  return text.slice(1);
}
