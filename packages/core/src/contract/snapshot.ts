/** Saved state, as the service keeps it. */
import { Type, type Static } from '@sinclair/typebox';

import { GivenNameSchema } from './runtime.js';
import { Nullable, Page, Timestamp } from './schema.js';

/** `s` and a lower-case ULID. */
export const SNAPSHOT_ID_PATTERN = '^s[0-9a-hjkmnp-tv-z]{26}$';

/** Media type of a snapshot as one file (`.jrs`). */
export const SNAPSHOT_FILE_TYPE = 'application/vnd.jupyterlab-runtimes.snapshot';

/** A variable that is not, or not wholly, in a snapshot. */
export const SkippedVariableSchema = Type.Object({
  name: Type.String(),
  reason: Type.String({ description: 'A sentence' }),
  remedy: Type.String({ description: "What to do about it; '' when nothing helps" })
});
export type ISkippedVariable = Static<typeof SkippedVariableSchema>;

export const SnapshotSchema = Type.Object({
  id: Type.String(),
  owner: Type.String(),
  name: Type.String(),
  description: Type.String(),
  kind: Type.Union([Type.Literal('manual'), Type.Literal('pause'), Type.Literal('safety')]),
  created_at: Timestamp,
  runtime_id: Nullable(Type.String()),
  runtime_name: Type.String(),
  environment_name: Type.String(),
  python: Type.String({ description: 'e.g. `3.12`' }),
  mid_cell: Type.Boolean({ description: 'Taken while a cell ran' }),
  verified: Type.Boolean({ description: 'Signed by this service; all digests were checked' }),
  variables: Type.Integer(),
  skipped: Type.Array(SkippedVariableSchema),
  size_bytes: Type.Integer({ description: 'Of its chunks, those shared with others included' })
});
export type ISnapshotResource = Static<typeof SnapshotSchema>;

export const SnapshotPageSchema = Page(SnapshotSchema);

/** `POST /runtimes/{id}/snapshots` */
export const SnapshotRequestSchema = Type.Object(
  {
    name: Type.Optional(GivenNameSchema),
    description: Type.Optional(Type.String({ maxLength: 10_000 })),
    names: Type.Optional(
      Type.Array(Type.String({ maxLength: 1000 }), {
        maxItems: 100_000,
        description: 'Default: all'
      })
    )
  },
  { additionalProperties: false }
);
export type ISnapshotRequest = Static<typeof SnapshotRequestSchema>;

/** `PATCH /snapshots/{id}` */
export const SnapshotChangeSchema = Type.Object(
  {
    name: Type.Optional(GivenNameSchema),
    description: Type.Optional(Type.String({ maxLength: 10_000 }))
  },
  { additionalProperties: false }
);
export type ISnapshotChange = Static<typeof SnapshotChangeSchema>;

/** `POST /runtimes/{id}/restore` */
export const RestoreRequestSchema = Type.Object(
  {
    snapshot_id: Type.String({ pattern: SNAPSHOT_ID_PATTERN }),
    names: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 100_000 })),
    accept_code: Type.Optional(
      Type.Boolean({ description: 'The user has seen the code that a foreign snapshot brings' })
    )
  },
  { additionalProperties: false }
);
export type IRestoreRequest = Static<typeof RestoreRequestSchema>;

/** What came of a restore. */
export const RestoreReportSchema = Type.Object({
  restored: Type.Array(Type.String()),
  rebuilt: Type.Array(SkippedVariableSchema),
  skipped: Type.Array(SkippedVariableSchema)
});
export type IRestoreReport = Static<typeof RestoreReportSchema>;
