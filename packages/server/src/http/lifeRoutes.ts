/** `PATCH /runtimes/{id}`, `…/extend`, `…/pause`, `…/resume`: a runtime's time, and its rest. */
import type { FastifyInstance } from 'fastify';

import {
  API_BASE,
  ExtendRequestSchema,
  PauseRequestSchema,
  RuntimeChangeSchema,
  RuntimeSchema,
  type IRuntimeChange,
  type IRuntimeResource
} from '@jupyterlab-runtimes/core';

import { NoBodySchema, RuntimeIdSchema } from './runtimeRoutes.js';
import type { TypeBoxTypeProvider } from './typeProvider.js';

type Answer = IRuntimeResource | Promise<IRuntimeResource>;

/** The use cases of this file. */
export interface ILifeCalls {
  get(owner: string, id: string): IRuntimeResource;
  change(owner: string, id: string, change: IRuntimeChange): Answer;
  extend(owner: string, id: string, minutes: number, idempotencyKey?: string): Answer;
  /** @param options.leave Names that may stay behind. */
  pause(
    owner: string,
    id: string,
    options: { leave?: readonly string[]; leaveAll?: boolean },
    idempotencyKey?: string
  ): Answer;
  resume(owner: string, id: string, idempotencyKey?: string): Answer;
}

const tags = ['runtimes'];
const params = RuntimeIdSchema;

export function addLifeRoutes(base: FastifyInstance, runtimes: ILifeCalls): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.patch(
    `${API_BASE}/runtimes/:id`,
    {
      config: {
        current: request =>
          runtimes.get(request.principal.owner, (request.params as { id: string }).id)
      },
      schema: {
        tags,
        operationId: 'changeRuntime',
        summary: 'Change its name, its idle time, or what happens at the end of its time',
        params,
        body: RuntimeChangeSchema,
        response: { 200: RuntimeSchema }
      }
    },
    async request => runtimes.change(request.principal.owner, request.params.id, request.body)
  );

  app.post(
    `${API_BASE}/runtimes/:id/extend`,
    {
      schema: {
        tags,
        operationId: 'extendRuntime',
        summary: 'Reserve more minutes, within the maximum',
        params,
        body: ExtendRequestSchema,
        response: { 200: RuntimeSchema }
      }
    },
    async request => {
      const { principal, params: of, body, idempotent } = request;
      return runtimes.extend(principal.owner, of.id, body.minutes, idempotent?.key);
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/pause`,
    {
      schema: {
        tags,
        operationId: 'pauseRuntime',
        summary: 'Save its state, confirm that, and only then stop its process',
        params,
        body: PauseRequestSchema,
        response: { 202: RuntimeSchema }
      }
    },
    async (request, reply) => {
      const { leave, leave_all: leaveAll } = request.body ?? {};
      const options = {
        ...(leave === undefined ? {} : { leave }),
        ...(leaveAll === undefined ? {} : { leaveAll })
      };
      const { principal, params: of, idempotent } = request;
      const runtime = await runtimes.pause(principal.owner, of.id, options, idempotent?.key);
      return reply.code(202).header('Location', `${API_BASE}/runtimes/${runtime.id}`).send(runtime);
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/resume`,
    {
      schema: {
        tags,
        operationId: 'resumeRuntime',
        summary: 'A new process with the saved state and the remaining time',
        params,
        body: NoBodySchema,
        response: { 202: RuntimeSchema }
      }
    },
    async (request, reply) => {
      const { principal, params: of, idempotent } = request;
      const runtime = await runtimes.resume(principal.owner, of.id, idempotent?.key);
      return reply.code(202).header('Location', `${API_BASE}/runtimes/${runtime.id}`).send(runtime);
    }
  );
}
