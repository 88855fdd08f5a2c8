/** A state in transit: chunks in a folder of the service's own, for as long as somebody asks for them. */
import { Type, type Static } from '@sinclair/typebox';

import { Nullable, RUNTIME_ID_PATTERN } from './schema.js';
import { RestoreReportSchema, SkippedVariableSchema } from './snapshot.js';

/** `p` and a lower-case ULID. */
export const PARCEL_ID_PATTERN = '^p[0-9a-hjkmnp-tv-z]{26}$';

/** Media type of a manifest's bytes, as docs/snapshot-format.md has them. */
export const MANIFEST_TYPE = 'application/vnd.jupyterlab-runtimes.manifest';
/** Media type of a chunk, or of a part of it. */
export const CHUNK_TYPE = 'application/octet-stream';

const Names = Type.Array(Type.String({ maxLength: 1000 }), {
  maxItems: 100_000,
  description: 'Default: all'
});

/** `POST /parcels` */
export const ParcelRequestSchema = Type.Object(
  {
    capture: Type.Optional(
      Type.Object(
        {
          runtime_id: Type.String({ pattern: RUNTIME_ID_PATTERN }),
          names: Type.Optional(Names),
          now: Type.Optional(
            Type.Boolean({
              description: 'In the middle of a running cell, where that is safe; else at its end'
            })
          )
        },
        {
          additionalProperties: false,
          description: 'Filled from a running runtime; else by chunks'
        }
      )
    )
  },
  { additionalProperties: false }
);
export type IParcelRequest = Static<typeof ParcelRequestSchema>;

/** `POST /parcels/{id}/restore` */
export const ParcelRestoreSchema = Type.Object(
  {
    runtime_id: Type.String({ pattern: RUNTIME_ID_PATTERN }),
    names: Type.Optional(Names),
    early: Type.Optional(
      Type.Boolean({
        description:
          'Cells can run before big arrays are verified; what is damaged is taken out of the namespace at once. Default: false'
      })
    )
  },
  { additionalProperties: false }
);
export type IParcelRestore = Static<typeof ParcelRestoreSchema>;

/** Answer of `POST /parcels/{id}/ticket` */
export const ParcelTicketSchema = Type.Object({
  ticket: Type.String({
    description:
      'A bearer token for the bytes of this parcel alone: to look at it, to say what belongs into it, and to send that. It ends with the parcel'
  })
});
export type IParcelTicket = Static<typeof ParcelTicketSchema>;

/** `POST /parcels/{id}/send` */
export const ParcelSendSchema = Type.Object(
  {
    url: Type.String({
      maxLength: 2000,
      description: 'Of the other service: one of those that the operator of this one has named'
    }),
    parcel_id: Type.String({ pattern: PARCEL_ID_PATTERN, description: 'Of the parcel there' }),
    ticket: Type.String({ maxLength: 200, description: "That parcel's" })
  },
  { additionalProperties: false }
);
export type IParcelSend = Static<typeof ParcelSendSchema>;

const ParcelErrorSchema = Type.Object({
  code: Type.String({ description: 'A RuntimeErrorCode' }),
  message: Type.String()
});

/** What comes of verifying what cells can use already. */
export const VerificationSchema = Type.Object({
  done: Type.Boolean({ description: 'All was looked at' }),
  lost: Type.Array(Type.String(), {
    description: 'Names that were damaged, and taken out of the namespace again'
  }),
  error: Nullable(ParcelErrorSchema)
});
export type IVerificationState = Static<typeof VerificationSchema>;

export const ParcelSchema = Type.Object({
  id: Type.String(),
  state: Type.Union(
    [
      Type.Literal('capturing'),
      Type.Literal('receiving'),
      Type.Literal('ready'),
      Type.Literal('sending'),
      Type.Literal('sent'),
      Type.Literal('restoring'),
      Type.Literal('restored'),
      Type.Literal('failed')
    ],
    {
      description:
        '`ready`: all of it is there; also when it could not be sent to another service, with the error'
    }
  ),
  bytes: Type.Integer({ description: 'How far capture, restore or sending is' }),
  total_bytes: Type.Integer({ description: '0 while it is not known' }),
  error: Nullable(ParcelErrorSchema),
  captured: Nullable(
    Type.Object({
      bytes: Type.Integer({ description: 'Of all chunks, as they are stored' }),
      skipped: Type.Array(SkippedVariableSchema),
      mid_cell: Type.Boolean()
    })
  ),
  report: Nullable(RestoreReportSchema),
  verification: Nullable(VerificationSchema),
  folder: Type.String({
    description:
      'Where its chunks are on the machine of the service: whoever can read the file `mark` in it is on the same one'
  }),
  mark: Type.String({ description: 'What the file `mark` in the folder says' })
});
export type IParcel = Static<typeof ParcelSchema>;

/** From here to there, the second not included. */
const Range = Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })]);

/** What a parcel lacks of its manifest's chunks. */
export const ParcelMissingSchema = Type.Object({
  missing: Type.Array(
    Type.Object({
      digest: Type.String(),
      have: Type.Array(Range, { description: 'Ranges of its bytes that are there, in order' })
    })
  )
});
export type IParcelMissing = Static<typeof ParcelMissingSchema>;
