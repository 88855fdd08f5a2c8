/** `/service`, `/healthz`, `/readyz`, `/metrics`. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';

import {
  API_BASE,
  RuntimeError,
  ServiceInfoSchema,
  StopServiceSchema,
  type IServiceInfo,
  type IStopService
} from '@jupyterlab-runtimes/core';

import type { Metrics } from './metrics.js';
import { streamOf, type TypeBoxTypeProvider } from './typeProvider.js';

export interface IServiceCalls {
  readonly info: IServiceInfo;
  /** Called once the answer is on its way. */
  stop(runtimes: IStopService['runtimes']): void;
  /** Why it can't serve now, a sentence; '' when it can. */
  notReady(): string;
}

const tags = ['service'];
const StatusSchema = Type.Object({ status: Type.String() });
/** Before somebody asks again, seconds. */
const RETRY_AFTER_S = 5;

export function addServiceRoutes(
  base: FastifyInstance,
  service: IServiceCalls,
  metrics: Metrics
): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/healthz',
    {
      config: { scope: 'none' },
      schema: {
        tags,
        operationId: 'getHealth',
        summary: 'Whether it lives',
        response: { 200: StatusSchema }
      }
    },
    async () => ({ status: 'ok' })
  );

  app.get(
    '/readyz',
    {
      config: { scope: 'none' },
      schema: {
        tags,
        operationId: 'getReadiness',
        summary: 'Whether it can do its work: 503 while it can not write its records, or stops',
        response: { 200: StatusSchema }
      }
    },
    async () => {
      const reason = service.notReady();
      if (reason !== '') {
        throw new RuntimeError('UNREACHABLE', reason, { details: { retry_after: RETRY_AFTER_S } });
      }
      return { status: 'ready' };
    }
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'getMetrics',
        summary: 'Metrics for Prometheus, over all owners',
        response: { 200: streamOf('text/plain') }
      }
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text())
  );

  app.get(
    `${API_BASE}/service`,
    {
      schema: {
        tags,
        operationId: 'getService',
        summary: 'What the service says about itself',
        response: { 200: ServiceInfoSchema }
      }
    },
    async () => service.info
  );

  app.post(
    `${API_BASE}/service::stop`,
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'stopService',
        summary: 'Stop the service, with or without its runtimes',
        body: StopServiceSchema,
        response: { 202: Type.Object({}) }
      }
    },
    async (request, reply) => {
      const { runtimes } = request.body;
      reply.raw.once('finish', () => service.stop(runtimes));
      return reply.code(202).header('Connection', 'close').send({});
    }
  );
}
