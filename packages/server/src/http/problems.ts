/** Failures as `application/problem+json`. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { PROBLEM_CONTENT_TYPE, RuntimeError, type IProblem } from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';

export function toProblem(error: RuntimeError, requestId: string): IProblem {
  return {
    type: `urn:jupyterlab-runtimes:error:${error.code.toLowerCase()}`,
    title: error.code.toLowerCase().replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
    request_id: requestId,
    ...(error.details as Partial<IProblem>)
  };
}

/** What is still on its way is read for so long before the connection ends, milliseconds. */
const READ_ON_MS = 2000;

/** Fastify's error handler. */
export async function sendProblem(
  thrown: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply
): Promise<FastifyReply> {
  const error = fromFastify(thrown);
  if (error.status >= 500) {
    request.log.error({ err: thrown }, 'A request failed.');
  }
  if (error.code === 'UNAUTHORIZED') {
    reply.header('WWW-Authenticate', 'Bearer');
  }
  if (error.details.retry_after !== undefined) {
    reply.header('Retry-After', Math.ceil(error.details.retry_after));
  }
  if (!request.raw.complete) {
    // A connection that ends with something unread is reset, and the answer can get lost with it.
    await readOn(request.raw);
  }
  if (!request.raw.complete) {
    // It can't be used again: the next request would be lost in the rest.
    reply.header('Connection', 'close');
  }
  // Returned, or Fastify takes what is on its way for forgotten.
  return reply
    .code(error.status)
    .header('Content-Type', PROBLEM_CONTENT_TYPE)
    .serializer(String)
    .send(JSON.stringify(toProblem(error, request.id)));
}

/** The bytes of a body: whoever stops in their middle leaves the rest to be read on, before the answer. */
export const unended = (body: Readable): AsyncIterable<Buffer> =>
  body.iterator({ destroyOnReturn: false });

/** Read what comes, and forget it; for a moment at most. */
async function readOn(request: IncomingMessage): Promise<void> {
  if (request.destroyed) {
    return;
  }
  request.resume();
  await finished(request, { signal: AbortSignal.timeout(READ_ON_MS), cleanup: true }).catch(
    () => undefined // gone, or too slow: the answer is sent all the same
  );
}

/** For what never became a request: the connection ends with the reason. */
export function refuseConnection(thrown: Error & { code?: string }, socket: Socket): void {
  if (thrown.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const isTooLong = thrown.code === 'HPE_HEADER_OVERFLOW';
  const error = new RuntimeError(
    isTooLong ? 'PAYLOAD_TOO_LARGE' : 'INVALID_REQUEST',
    isTooLong
      ? 'The address and headers of the request are too long: they may have 16 KiB together.'
      : 'What came over this connection is no HTTP request: check the program that sent it.'
  );
  const status = isTooLong ? 431 : error.status;
  const body = JSON.stringify({ ...toProblem(error, randomUUID()), status });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body
    ].join('\r\n')
  );
}

/** Fastify's not-found handler.
 *  @param methodsOf What can be done with a path; empty where there is nothing. */
export const sendNotFound =
  (methodsOf: (path: string) => readonly string[]) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    const path = request.url.split('?', 1)[0];
    const methods = methodsOf(path);
    if (methods.length > 0) {
      const allowed = methods.join(', ');
      void reply.header('Allow', allowed);
      void sendProblem(
        new RuntimeError(
          'METHOD_NOT_ALLOWED',
          `${request.method} is not possible for ${path}: use one of ${allowed}.`
        ),
        request,
        reply
      );
      return;
    }
    void sendProblem(
      new RuntimeError('NOT_FOUND', `There is no ${request.method} ${path} here: check the URL.`),
      request,
      reply
    );
  };

/** Which methods the routes of a server have, by path. */
export function collectMethods(app: FastifyInstance): (path: string) => readonly string[] {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ path, method }) => {
    const route = routes.get(path) ?? { pattern: patternOf(path), methods: new Set<string>() };
    routes.set(path, route);
    [method].flat().forEach(each => route.methods.add(each));
  });
  return path => {
    const fit = [...routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(fit.flatMap(({ methods }) => [...methods]))].sort();
  };
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll('::', '\u0001').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const source = escaped.replace(/:[A-Za-z_]+/g, '[^/]+').replaceAll('\u0001', ':');
  return new RegExp(`^${source}$`);
}

function fromFastify(thrown: FastifyError | Error): RuntimeError {
  const { validation, validationContext, statusCode, code } = thrown as FastifyError;
  if (validation?.[0]) {
    const { instancePath, message, params, keyword } = validation[0];
    const field = `${validationContext ?? 'body'}${instancePath.replaceAll('/', '.')}`;
    const detail =
      keyword === 'additionalProperties' ? ` ("${String(params['additionalProperty'])}")` : '';
    return new RuntimeError(
      'INVALID_REQUEST',
      `The field ${field} is not as expected: it ${message ?? 'is wrong'}${detail}.`
    );
  }
  if (statusCode === 413) {
    return new RuntimeError(
      'PAYLOAD_TOO_LARGE',
      'The body of the request is too large: this call takes at most 1 MiB.'
    );
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new RuntimeError(
      'INVALID_REQUEST',
      code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
        ? 'The body must be JSON: send Content-Type: application/json.'
        : `The request can't be read (${thrown.message}): send JSON as the interface describes it.`
    );
  }
  return toRuntimeError(thrown);
}
