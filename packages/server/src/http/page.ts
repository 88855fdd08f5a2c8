/** Lists in parts. */
import { Type, type Static } from '@sinclair/typebox';

import { RuntimeError, type IPage } from '@jupyterlab-runtimes/core';

export const PageQuerySchema = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
});
export type IPageQuery = Static<typeof PageQuerySchema>;

const DEFAULT_LIMIT = 200;

/** The part of a list that the query asks for; the cursor is the position where it goes on.
 *  @throws RuntimeError INVALID_REQUEST */
export function pageOf<T>(
  items: readonly T[],
  { cursor = '0', limit = DEFAULT_LIMIT }: IPageQuery
): IPage<T> {
  const start = Number(cursor);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      'The field querystring.cursor is not as expected: send `next_cursor` as it came.'
    );
  }
  const end = start + limit;
  return { items: items.slice(start, end), next_cursor: end < items.length ? String(end) : null };
}
