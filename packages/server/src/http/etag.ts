/** `ETag`, `If-None-Match` and `If-Match`: don't send again what is known, don't change what changed meanwhile. */
import type { FastifyInstance } from 'fastify';
import { hash } from 'node:crypto';

import { RuntimeError } from '@jupyterlab-runtimes/core';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a GET of this path answers now: on GET, PATCH and DELETE of things that `If-Match` may be said of. */
    readonly current?: (request: FastifyRequest) => unknown;
  }
}

const JSON_TYPE = /^application\/json\b/;
const CHANGING = new Set(['PATCH', 'PUT', 'DELETE']);

export function addEtags(app: FastifyInstance): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    // Of one thing: what If-Match is compared with, whatever a serialiser makes of it.
    if (request.method === 'GET' && request.routeOptions.config.current) {
      void reply.header('ETag', etagOf(JSON.stringify(payload)));
    }
    return payload;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (
      request.method !== 'GET' ||
      reply.statusCode !== 200 ||
      typeof payload !== 'string' ||
      !JSON_TYPE.test(String(reply.getHeader('content-type')))
    ) {
      return payload;
    }
    const etag = String(reply.getHeader('etag') ?? etagOf(payload));
    void reply.header('ETag', etag).header('Cache-Control', 'private, no-cache');
    if (!includes(request.headers['if-none-match'], etag)) {
      return payload;
    }
    void reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });

  app.addHook('preHandler', async request => {
    const wanted = request.headers['if-match'];
    if (wanted === undefined || !CHANGING.has(request.method)) {
      return;
    }
    const { current } = request.routeOptions.config;
    if (!current) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        'This call does not take an If-Match header: leave it out.'
      );
    }
    if (!includes(wanted, etagOf(JSON.stringify(await current(request))))) {
      throw new RuntimeError(
        'CHANGED_MEANWHILE',
        'It changed since you read it: read it again, then decide.'
      );
    }
  });
}

function etagOf(payload: string): string {
  return `"${hash('sha1', payload, 'base64url')}"`;
}

function includes(header: string | undefined, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .map(each => each.trim())
    .some(each => each === '*' || each.replace(/^W\//, '') === etag);
}
