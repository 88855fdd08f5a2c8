/** A failure on the wire: RFC 9457, `application/problem+json`. */
import { Type, type Static } from '@sinclair/typebox';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'A RuntimeErrorCode' }),
  detail: Type.String({ description: 'What happened, why, and what to do next' }),
  request_id: Type.String({ description: "Finds the request in the service's log" })
});
export type IProblem = Static<typeof ProblemSchema>;
