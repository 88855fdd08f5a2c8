/** What ran or runs in a runtime's kernel, until a client acknowledges that its output is saved. */
import { Type, type Static } from '@sinclair/typebox';

import { Nullable, Page, Timestamp } from './schema.js';

export const ExecutionSchema = Type.Object({
  msg_id: Type.String({ description: "The execute_request's msg_id" }),
  cell_id: Nullable(Type.String({ description: "The request's `metadata.cellId`" })),
  session: Type.String({ description: "The session of the request's header" }),
  started_at: Timestamp,
  finished_at: Nullable(Timestamp),
  first_seq: Type.Integer({ description: 'Number of the first message that can belong to it' }),
  cut_bytes: Type.Integer({
    description: 'Bytes of its messages that the journal does not hold any more'
  })
});
export type IExecution = Static<typeof ExecutionSchema>;

export const ExecutionPageSchema = Page(ExecutionSchema);

export const AcknowledgeRequestSchema = Type.Object(
  { msg_ids: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 10_000 }) },
  { additionalProperties: false }
);
export type IAcknowledgeRequest = Static<typeof AcknowledgeRequestSchema>;
