/** `/runtimes`, `/environments`, `/events`. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

import {
  AcknowledgeRequestSchema,
  API_BASE,
  frameHead,
  LaunchRequestSchema,
  RUNTIME_ID_PATTERN
} from '@jupyterlab-runtimes/core';

import type { Runtimes } from '../runtimes/runtimes.js';
import type { EventHub } from './eventHub.js';
import { pageOf, PageQuerySchema } from './page.js';
import type { TypeBoxTypeProvider } from './typeProvider.js';

const Id = Type.Object({ id: Type.String({ pattern: RUNTIME_ID_PATTERN }) });
const IdAndMessage = Type.Object({
  id: Type.String({ pattern: RUNTIME_ID_PATTERN }),
  msg_id: Type.String({ maxLength: 200 })
});
const Before = Type.Object({ before: Type.Optional(Type.Integer({ minimum: 0 })) });
const Idempotent = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
});
const Empty = Type.Optional(
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })])
);

export function addRuntimeRoutes(
  base: FastifyInstance,
  runtimes: Runtimes,
  events: EventHub
): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(`${API_BASE}/environments`, { schema: { querystring: PageQuerySchema } }, async request =>
    pageOf(await runtimes.environments(request.principal.owner), request.query)
  );

  app.get(`${API_BASE}/runtimes`, { schema: { querystring: PageQuerySchema } }, async request =>
    pageOf(runtimes.list(request.principal.owner), request.query)
  );

  app.get(`${API_BASE}/runtimes/:id`, { schema: { params: Id } }, async request =>
    runtimes.get(request.principal.owner, request.params.id)
  );

  app.post(
    `${API_BASE}/runtimes`,
    { schema: { body: LaunchRequestSchema, headers: Idempotent } },
    async (request, reply) => {
      const runtime = await runtimes.launch(
        request.principal.owner,
        request.body,
        request.headers['idempotency-key']
      );
      return reply.code(202).header('Location', `${API_BASE}/runtimes/${runtime.id}`).send(runtime);
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/interrupt`,
    { schema: { params: Id, body: Empty } },
    async (request, reply) =>
      reply.code(202).send(await runtimes.interrupt(request.principal.owner, request.params.id))
  );

  app.post(
    `${API_BASE}/runtimes/:id/restart`,
    { schema: { params: Id, body: Empty } },
    async request => runtimes.restart(request.principal.owner, request.params.id)
  );

  app.delete(`${API_BASE}/runtimes/:id`, { schema: { params: Id } }, async (request, reply) =>
    reply.code(202).send(runtimes.terminate(request.principal.owner, request.params.id))
  );

  app.get(
    `${API_BASE}/runtimes/:id/executions`,
    { schema: { params: Id, querystring: PageQuerySchema } },
    async request =>
      pageOf(runtimes.executions(request.principal.owner, request.params.id), request.query)
  );

  app.get(
    `${API_BASE}/runtimes/:id/executions/:msg_id/messages`,
    { schema: { params: IdAndMessage, querystring: Before } },
    async (request, reply) => {
      const { id, msg_id: msgId } = request.params;
      const frames = runtimes.messages(request.principal.owner, id, msgId, request.query.before);
      return reply
        .type('application/octet-stream')
        .send(Readable.from(withHeads(frames), { objectMode: false }));
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/executions::acknowledge`,
    { schema: { params: Id, body: AcknowledgeRequestSchema } },
    async (request, reply) => {
      runtimes.acknowledge(request.principal.owner, request.params.id, request.body.msg_ids);
      return reply.code(204).send();
    }
  );

  app.get(`${API_BASE}/events`, (request, reply) => {
    reply.hijack();
    const lastEventId = request.headers['last-event-id'];
    events.watch(
      request.principal.owner,
      reply.raw,
      typeof lastEventId === 'string' ? lastEventId : undefined
    );
  });
}

function* withHeads(frames: Iterable<Buffer>): Generator<Buffer, void, void> {
  for (const frame of frames) {
    yield Buffer.from(frameHead(frame.length));
    yield frame;
  }
}
