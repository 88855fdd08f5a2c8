/** `/openapi.json`: OpenAPI 3.1, made from the very schemas that validate and serialise. */
import swagger from '@fastify/swagger';
import type { TSchema } from '@sinclair/typebox';
import type { FastifyInstance, RouteOptions } from 'fastify';

import {
  API_VERSION,
  EnvironmentSchema,
  ExecutionSchema,
  NewTokenSchema,
  PROBLEM_CONTENT_TYPE,
  ProblemSchema,
  RuntimeSchema,
  ServiceInfoSchema,
  SnapshotSchema,
  TokenSchema
} from '@jupyterlab-runtimes/core';

import { WireSchemas } from './wireSchema.js';

/** Schemas that the document names. */
const NAMED: Record<string, TSchema> = {
  Environment: EnvironmentSchema,
  Execution: ExecutionSchema,
  NewToken: NewTokenSchema,
  Problem: ProblemSchema,
  Runtime: RuntimeSchema,
  ServiceInfo: ServiceInfoSchema,
  Snapshot: SnapshotSchema,
  Token: TokenSchema
};

const DESCRIPTION = `Runtimes of JupyterLab on another machine, or as processes of this one.

Lists come in parts: \`limit\` items, and \`next_cursor\` to go on with. Times are RFC 3339 in UTC. A failure is a
\`Problem\` (RFC 9457) with a \`code\` that programs can tell apart and a \`detail\` that people can act on. The same POST
with the same \`Idempotency-Key\` is done once. Nobody sees or reaches what belongs to another owner: it is not found.`;

/** A colon in a path, as Fastify's routes and the document write it. */
const COLON = { route: '::', interim: '\u0001', document: ':' };

const REASONS: Readonly<Record<string, string>> = {
  200: 'As asked',
  201: 'Made; `Location` says where it is',
  202: 'Under way; `Location` says where it is, `GET /events` how far',
  204: 'Done',
  304: 'As it was when it had the `ETag` of `If-None-Match`',
  '4xx': 'Refused: nothing was done',
  '5xx': 'Failed'
};

type Json = Record<string, unknown>;

const JSON_TYPE = 'application/json';

const UNCHANGED: [string, Json] = ['304', { type: 'null' }];

const PROBLEM = { content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: 'Problem#' } } } };

const header = (description: string, rest: object = {}): Json => ({
  type: 'string',
  description,
  ...rest
});

const HEADERS: Readonly<Record<string, (options: RouteOptions) => Json>> = {
  POST: () => ({
    'idempotency-key': header('The same request with the same key is done once, within a day', {
      minLength: 1,
      maxLength: 200,
      pattern: '^[!-~]+$'
    })
  }),
  GET: () => ({ 'if-none-match': header('The `ETag` that is known: 304 when it is still so') }),
  PATCH: ({ config }) => ifMatch(config),
  DELETE: ({ config }) => ifMatch(config)
};

const ifMatch = (config: RouteOptions['config']): Json =>
  config?.current
    ? { 'if-match': header('The `ETag` that was read: 412 when it changed meanwhile') }
    : {};

/** To be called before the first route is added. */
export async function addOpenApi(app: FastifyInstance): Promise<void> {
  const wire = new WireSchemas(NAMED);
  wire.definitions().forEach(definition => app.addSchema(definition));
  app.addHook('onRoute', options => {
    const { headers, response, ...rest } = (options.schema ?? {}) as Json;
    const method = String(options.method);
    options.schema = {
      ...(wire.convert(rest) as Json),
      ...(options.config?.scope === 'none' ? { security: [] } : {}),
      headers: {
        type: 'object',
        properties: { ...HEADERS[method]?.(options), ...((headers as Json)?.['properties'] ?? {}) }
      },
      response: answers(wire.convert(response ?? {}) as Json, method === 'GET')
    };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Runtime service', version: API_VERSION, description: DESCRIPTION },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }]
    },
    refResolver: { buildLocalReference: json => json.$id as string },
    transform: ({ schema, url }) => ({
      schema: schema,
      url: url.replaceAll(COLON.route, COLON.interim)
    }),
    transformObject: document => {
      const { openapiObject } = document as { openapiObject: { paths?: Record<string, object> } };
      const paths = Object.entries(openapiObject.paths ?? {}).map(
        ([path, item]) => [path.replaceAll(COLON.interim, COLON.document), item] as const
      );
      return { ...openapiObject, paths: Object.fromEntries(paths) };
    }
  });
  app.get(
    '/openapi.json',
    {
      schema: {
        tags: ['service'],
        operationId: 'getOpenApi',
        summary: 'This document',
        response: { 200: { type: 'object', additionalProperties: true } }
      }
    },
    async () => app.swagger()
  );
}

function answers(response: Json, isGet: boolean): Json {
  const all = Object.entries({ ...response, '4xx': PROBLEM, '5xx': PROBLEM }) as [string, Json][];
  const good = response[200] as { content?: Json } | undefined;
  const isJson = isGet && good !== undefined && (!good.content || JSON_TYPE in good.content);
  return Object.fromEntries(
    [...all, ...(isJson ? [UNCHANGED] : [])].map(([status, schema]) => {
      const content = 'content' in schema ? schema['content'] : { [JSON_TYPE]: { schema } };
      const isEmpty = schema['type'] === 'null';
      return [
        status,
        isEmpty
          ? { ...schema, description: REASONS[status] ?? '' }
          : { description: REASONS[status] ?? '', content }
      ];
    })
  );
}
