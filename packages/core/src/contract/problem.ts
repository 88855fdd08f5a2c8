/** A failure on the wire: RFC 9457, `application/problem+json`. */
import { Type, type Static } from '@sinclair/typebox';

import { RUNTIME_STATES } from '../lifecycle.js';
import { SkippedVariableSchema } from './snapshot.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'A RuntimeErrorCode' }),
  detail: Type.String({ description: 'What happened, why, and what to do next' }),
  request_id: Type.String({ description: "Finds the request in the service's log" }),
  retry_after: Type.Optional(
    Type.Number({ description: 'When trying again makes sense, seconds from now' })
  ),
  allowed: Type.Optional(
    Type.Array(Type.Union(RUNTIME_STATES.map(state => Type.Literal(state))), {
      description: 'The states in which the action is possible'
    })
  ),
  quota: Type.Optional(
    Type.Object(
      { resource: Type.String(), limit: Type.Number(), used: Type.Number() },
      { description: 'Which bound was met' }
    )
  ),
  skipped: Type.Optional(
    Type.Array(SkippedVariableSchema, { description: "What can't be carried, and why" })
  )
});
export type IProblem = Static<typeof ProblemSchema>;
