/**
 * The manifest of a snapshot, as far as moving it needs to know: its bytes are kept as they came, because they are signed.
 *
 * @see docs/snapshot-format.md
 */
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { RuntimeError } from '../errors.js';
import { canonicalJson } from './canonical.js';

/** The major version of the format that this side reads. */
export const SNAPSHOT_MAJOR = 1;
export const SNAPSHOT_FORMAT = 'jupyterlab-runtimes/snapshot';

export const MANIFEST_ID_PATTERN = '^[0-9a-z][0-9a-z-]{7,63}$';
/** More than this is not a manifest, bytes. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Upper bound of a chunk's bytes after decoding. */
const MAX_CHUNK_BYTES = 16 * 1024 * 1024;

const Size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const ChunkSchema = Type.Object({
  digest: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of it as it is stored' }),
  size: Type.Integer({ minimum: 0, description: 'Bytes as they are stored' }),
  length: Type.Integer({
    minimum: 0,
    maximum: MAX_CHUNK_BYTES,
    description: 'Bytes after decoding'
  }),
  codec: Type.String()
});
export type IChunk = Static<typeof ChunkSchema>;

/** One of the user's names; what the graph says besides is passed on as it is. */
export const VariableSchema = Type.Object({
  name: Type.String(),
  type: Type.Optional(Type.String()),
  size_bytes: Type.Optional(Type.Union([Size, Type.Null()])),
  outcome: Type.Optional(Type.String({ description: '`restored`, `rebuilt` or `skipped`' })),
  reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  remedy: Type.Optional(Type.Union([Type.String(), Type.Null()]))
});
export type IVariable = Static<typeof VariableSchema>;

export const ManifestSchema = Type.Object({
  format: Type.Object({
    name: Type.Literal(SNAPSHOT_FORMAT),
    major: Type.Literal(SNAPSHOT_MAJOR),
    minor: Type.Integer({ minimum: 0 })
  }),
  id: Type.String({ pattern: MANIFEST_ID_PATTERN }),
  created_at: Type.String(),
  python: Type.Object({
    version: Type.String(),
    implementation: Type.String(),
    platform: Type.String(),
    machine: Type.String(),
    byteorder: Type.String()
  }),
  mid_cell: Type.Boolean(),
  chunks: Type.Array(ChunkSchema),
  graph: Type.Object({ variables: Type.Optional(Type.Array(VariableSchema)) })
});
/** What it does not name is kept as it came. */
export type Manifest = Static<typeof ManifestSchema>;

/** A manifest, and the very bytes that say it. */
export interface IManifestFile {
  /** First line, line break, and the signatures where there are some. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly content: Manifest;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export function parseManifest(bytes: Uint8Array<ArrayBuffer>): IManifestFile {
  const end = bytes.indexOf(0x0a);
  if (bytes.length > MAX_BYTES || end < 0) {
    throw corrupt('it has no first line, or is too long');
  }
  let content: unknown;
  try {
    content = JSON.parse(decoder.decode(bytes.subarray(0, end)));
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error));
  }
  const format = (content as { format?: { name?: unknown; major?: unknown } } | null)?.format;
  if (format?.name === SNAPSHOT_FORMAT && format.major !== SNAPSHOT_MAJOR) {
    throw new RuntimeError(
      'SNAPSHOT_VERSION',
      `This snapshot has version ${String(format.major)} of the format, and version ${SNAPSHOT_MAJOR} can be read here: open it with a newer jupyterlab-runtimes.`
    );
  }
  if (!Value.Check(ManifestSchema, content)) {
    const [first] = Value.Errors(ManifestSchema, content);
    throw corrupt(`${first.path || 'it'}: ${first.message}`);
  }
  return { bytes, content };
}

/** Stored bytes of all chunks. */
export function totalBytes({ chunks }: Pick<Manifest, 'chunks'>): number {
  return chunks.reduce((sum, chunk) => sum + chunk.size, 0);
}

/** The bytes that a manifest without signatures has. */
export function manifestBytes(content: object): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${canonicalJson(content)}\n`);
}

function corrupt(detail: string): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    `The snapshot's manifest can't be read (${detail}): take another snapshot, or use an earlier one.`
  );
}
