/**
 * The manifest of a snapshot, as far as moving it needs to know.
 *
 * @see docs/snapshot-format.md
 */
import { Type, type Static } from '@sinclair/typebox';

/** SHA-256 of a chunk, lower-case hexadecimal. */
export const DigestSchema = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const ChunkSchema = Type.Object({
  digest: DigestSchema,
  size: Type.Integer({ minimum: 0, description: 'Bytes as they are stored' })
});
export type IChunk = Static<typeof ChunkSchema>;

/** What it does not name is kept as it came: the signature is over all of it. */
export const ManifestSchema = Type.Object({
  chunks: Type.Array(ChunkSchema)
});
export type Manifest = Static<typeof ManifestSchema> & Readonly<Record<string, unknown>>;

/** A variable that does not go along. */
export interface ISkippedName {
  readonly name: string;
  /** A sentence. */
  readonly reason: string;
  /** What would help; '' when nothing does. */
  readonly remedy: string;
}
