/** `/runtimes/{id}/logs`: what a runtime's Jupyter Server said. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

import { API_BASE, END_STATES, RUNTIME_ID_PATTERN } from '@jupyterlab-runtimes/core';

import type { Runtimes } from '../runtimes/runtimes.js';
import { streamOf, type TypeBoxTypeProvider } from './typeProvider.js';

/** Where the logs of runtimes are. */
export interface IRuntimeLogs {
  /** The log in pieces, at most its last bytes (1 MiB).
   *  @param options.tail At most so many lines of its end.
   *  @param options.isAlive Asked now and then: whether more may come. Without it, what there is is all. */
  read(
    runtimeId: string,
    options: { tail: number; isAlive?: () => boolean; signal: AbortSignal }
  ): AsyncIterable<Buffer>;
}

const DEFAULT_TAIL = 1000;

const Id = Type.Object({ id: Type.String({ pattern: RUNTIME_ID_PATTERN }) });
const Query = Type.Object({
  tail: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100_000, description: 'Lines; default: 1000' })
  ),
  follow: Type.Optional(Type.Boolean({ description: 'Go on until the runtime has ended' }))
});

export function addLogRoutes(base: FastifyInstance, runtimes: Runtimes, logs: IRuntimeLogs): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    `${API_BASE}/runtimes/:id/logs`,
    {
      exposeHeadRoute: false,
      config: { isStream: true },
      schema: {
        tags: ['runtimes'],
        operationId: 'readRuntimeLog',
        summary: "The end of what a runtime's Jupyter Server said, and with `follow` what it says",
        params: Id,
        querystring: Query,
        response: { 200: streamOf('text/plain') }
      }
    },
    async (request, reply) => {
      const { owner } = request.principal;
      const { id } = runtimes.get(owner, request.params.id);
      const { tail = DEFAULT_TAIL, follow = false } = request.query;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const isAlive = (): boolean => {
        const runtime = runtimes.list(owner).find(each => each.id === id);
        return runtime !== undefined && !END_STATES.includes(runtime.state);
      };
      const pieces = logs.read(id, {
        tail,
        signal: gone.signal,
        ...(follow ? { isAlive } : {})
      });
      return reply
        .type('text/plain; charset=utf-8')
        .send(Readable.from(pieces, { objectMode: false }));
    }
  );
}
