/** `/service`, `/healthz`. */
import type { FastifyInstance } from 'fastify';

import {
  API_BASE,
  StopServiceSchema,
  type IServiceInfo,
  type IStopService
} from '@jupyterlab-runtimes/core';

import type { TypeBoxTypeProvider } from './typeProvider.js';

/** @param stop Called once the answer is on its way. */
export function addServiceRoutes(
  base: FastifyInstance,
  info: IServiceInfo,
  stop: (runtimes: IStopService['runtimes']) => void
): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get('/healthz', { config: { scope: 'none' } }, async () => ({ status: 'ok' }));

  app.get(`${API_BASE}/service`, async () => info);

  app.post(
    `${API_BASE}/service::stop`,
    { config: { scope: 'admin' }, schema: { body: StopServiceSchema } },
    async (request, reply) => {
      const { runtimes } = request.body;
      reply.raw.once('finish', () => stop(runtimes));
      return reply.code(202).header('Connection', 'close').send({});
    }
  );
}
