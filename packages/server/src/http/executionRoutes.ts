/** `/runtimes/{id}/executions`: what its kernel ran, and said about it, until that is saved. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

import {
  AcknowledgeRequestSchema,
  API_BASE,
  ExecutionPageSchema,
  frameHead,
  RUNTIME_ID_PATTERN
} from '@jupyterlab-runtimes/core';

import type { Runtimes } from '../runtimes/runtimes.js';
import { pageOf, PageQuerySchema, sortedBy } from './page.js';
import { RuntimeIdSchema } from './runtimeRoutes.js';
import { NO_CONTENT, streamOf, type TypeBoxTypeProvider } from './typeProvider.js';

const IdAndMessage = Type.Object({
  id: Type.String({ pattern: RUNTIME_ID_PATTERN }),
  msg_id: Type.String({ maxLength: 200 })
});
const Before = Type.Object({
  before: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Only messages with a smaller number' })
  )
});
const tags = ['executions'];
/** Digits of the largest number of a message. */
const DIGITS = 16;

export function addExecutionRoutes(base: FastifyInstance, runtimes: Runtimes): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    `${API_BASE}/runtimes/:id/executions`,
    {
      schema: {
        tags,
        operationId: 'listExecutions',
        summary: 'What ran or runs in its kernel and was not acknowledged, oldest first',
        params: RuntimeIdSchema,
        querystring: PageQuerySchema,
        response: { 200: ExecutionPageSchema }
      }
    },
    async request => {
      const { principal, params, query } = request;
      const keyOf = ({ first_seq: seq, msg_id: msgId }: { first_seq: number; msg_id: string }) =>
        `${String(seq).padStart(DIGITS, '0')}${msgId}`;
      return pageOf(sortedBy(runtimes.executions(principal.owner, params.id), keyOf), query, keyOf);
    }
  );

  app.get(
    `${API_BASE}/runtimes/:id/executions/:msg_id/messages`,
    {
      exposeHeadRoute: false,
      schema: {
        tags,
        operationId: 'readExecutionMessages',
        summary:
          "The kernel's messages about one execution: repeated uint32 big-endian length and v1 frame",
        params: IdAndMessage,
        querystring: Before,
        response: { 200: streamOf('application/octet-stream') }
      }
    },
    async (request, reply) => {
      const { id, msg_id: msgId } = request.params;
      const { owner } = request.principal;
      const frames = runtimes.messages(owner, id, msgId, request.query.before);
      return reply
        .type('application/octet-stream')
        .send(Readable.from(withHeads(frames), { objectMode: false }));
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/executions::acknowledge`,
    {
      schema: {
        tags,
        operationId: 'acknowledgeExecutions',
        summary: 'Their output is saved: the service forgets it',
        params: RuntimeIdSchema,
        body: AcknowledgeRequestSchema,
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      runtimes.acknowledge(request.principal.owner, request.params.id, request.body.msg_ids);
      return reply.code(204).send();
    }
  );
}

function* withHeads(frames: Iterable<Buffer>): Generator<Buffer, void, void> {
  for (const frame of frames) {
    yield Buffer.from(frameHead(frame.length));
    yield frame;
  }
}
