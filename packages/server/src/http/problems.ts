/** Failures as `application/problem+json`. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

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

/** Fastify's error handler. */
export function sendProblem(
  thrown: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply
): void {
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
  void reply
    .code(error.status)
    .header('Content-Type', PROBLEM_CONTENT_TYPE)
    .serializer(String)
    .send(JSON.stringify(toProblem(error, request.id)));
}

/** Fastify's not-found handler. */
export function sendNotFound(request: FastifyRequest, reply: FastifyReply): void {
  const path = request.url.split('?', 1)[0];
  sendProblem(
    new RuntimeError('NOT_FOUND', `There is no ${request.method} ${path} here: check the URL.`),
    request,
    reply
  );
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
