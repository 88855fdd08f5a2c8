/** `/runtimes`, `/environments`, `/events`. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import {
  API_BASE,
  EnvironmentPageSchema,
  LaunchRequestSchema,
  RUNTIME_ID_PATTERN,
  RuntimePageSchema,
  RuntimeSchema
} from '@jupyterlab-runtimes/core';
import { HIDDEN_LABEL } from '@jupyterlab-runtimes/core/environment';

import type { Runtimes } from '../runtimes/runtimes.js';
import type { EventHub } from './eventHub.js';
import { pageOf, PageQuerySchema, sortedBy } from './page.js';
import { writeItemsOnce } from './serialization.js';
import { streamOf, type TypeBoxTypeProvider } from './typeProvider.js';

export const RuntimeIdSchema = Type.Object({ id: Type.String({ pattern: RUNTIME_ID_PATTERN }) });

/** For calls that take no body, whatever clients send as none. */
export const NoBodySchema = Type.Optional(
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })])
);

const tags = ['runtimes'];

export function addRuntimeRoutes(
  base: FastifyInstance,
  runtimes: Runtimes,
  events: EventHub
): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();
  const current = (request: FastifyRequest) =>
    runtimes.get(request.principal.owner, (request.params as { id: string }).id);

  app.get(
    `${API_BASE}/environments`,
    {
      schema: {
        tags: ['environments'],
        operationId: 'listEnvironments',
        summary: 'What a runtime can be made from',
        querystring: PageQuerySchema,
        response: { 200: EnvironmentPageSchema }
      }
    },
    async request => {
      const keyOf = ({ name }: { name: string }): string => name;
      const environments = (await runtimes.environments(request.principal.owner)).filter(
        ({ labels }) => labels[HIDDEN_LABEL] === undefined
      );
      return pageOf(sortedBy(environments, keyOf), request.query, keyOf);
    }
  );

  app.get(
    `${API_BASE}/runtimes`,
    {
      schema: {
        tags,
        operationId: 'listRuntimes',
        summary: "The owner's runtimes, oldest first",
        querystring: PageQuerySchema,
        response: { 200: RuntimePageSchema }
      },
      serializerCompiler: writeItemsOnce(RuntimeSchema)
    },
    async request => pageOf(runtimes.list(request.principal.owner), request.query)
  );

  app.get(
    `${API_BASE}/runtimes/:id`,
    {
      config: { current },
      schema: {
        tags,
        operationId: 'getRuntime',
        summary: 'One runtime',
        params: RuntimeIdSchema,
        response: { 200: RuntimeSchema }
      }
    },
    async request => runtimes.get(request.principal.owner, request.params.id)
  );

  app.post(
    `${API_BASE}/runtimes`,
    {
      schema: {
        tags,
        operationId: 'launchRuntime',
        summary: 'Ask for a runtime; it starts in the background',
        body: LaunchRequestSchema,
        response: { 202: RuntimeSchema }
      }
    },
    async (request, reply) => {
      const { owner } = request.principal;
      const key = request.idempotent?.key;
      const runtime = await runtimes.launch(owner, request.body, key);
      return reply.code(202).header('Location', `${API_BASE}/runtimes/${runtime.id}`).send(runtime);
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/interrupt`,
    {
      schema: {
        tags,
        operationId: 'interruptRuntime',
        summary: 'Ask its kernel to stop what it runs; variables stay',
        params: RuntimeIdSchema,
        body: NoBodySchema,
        response: { 202: RuntimeSchema }
      }
    },
    async (request, reply) =>
      reply.code(202).send(await runtimes.interrupt(request.principal.owner, request.params.id))
  );

  app.post(
    `${API_BASE}/runtimes/:id/restart`,
    {
      schema: {
        tags,
        operationId: 'restartRuntime',
        summary: 'Same runtime, new kernel; answers once that kernel does',
        params: RuntimeIdSchema,
        body: NoBodySchema,
        response: { 200: RuntimeSchema }
      }
    },
    async request => runtimes.restart(request.principal.owner, request.params.id)
  );

  app.delete(
    `${API_BASE}/runtimes/:id`,
    {
      config: { current },
      schema: {
        tags,
        operationId: 'terminateRuntime',
        summary:
          'End it; a no-op on what has ended, but what failed or expired is taken off the list',
        params: RuntimeIdSchema,
        response: { 202: RuntimeSchema }
      }
    },
    async (request, reply) =>
      reply.code(202).send(runtimes.terminate(request.principal.owner, request.params.id))
  );

  app.get(
    `${API_BASE}/events`,
    {
      exposeHeadRoute: false,
      config: { isStream: true },
      schema: {
        tags,
        operationId: 'watchRuntimes',
        summary:
          'Server-sent events: `runtimes` (all there are; first, or when `Last-Event-ID` is too old), `runtime`, `runtime_removed`',
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'Go on after this event' }))
        }),
        response: { 200: streamOf('text/event-stream') }
      }
    },
    (request, reply) => {
      reply.hijack();
      const lastEventId = request.headers['last-event-id'];
      events.watch(
        request.principal,
        reply.raw,
        typeof lastEventId === 'string' ? lastEventId : undefined
      );
    }
  );
}
