/** Small schemas that the others are made of. */
import { Type, type TSchema } from '@sinclair/typebox';

/** `null` where the service knows nothing to say. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** An instant, RFC 3339 in UTC, e.g. `2026-11-21T22:51:47.123Z`. */
export const Timestamp = Type.String({ description: 'RFC 3339, UTC' });

/** `r` and a lower-case ULID: valid as a pod name and as a path segment. */
export const RUNTIME_ID_PATTERN = '^r[0-9a-hjkmnp-tv-z]{26}$';

/** A list with the cursor of its next part; null at the end. */
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: Nullable(Type.String()) });

export interface IPage<T> {
  items: T[];
  next_cursor: string | null;
}
