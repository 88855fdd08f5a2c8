/** `/tokens`: who else may use this service. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';

import {
  API_BASE,
  NewTokenSchema,
  TokenPageSchema,
  TokenRequestSchema
} from '@jupyterlab-runtimes/core';

import type { Tokens } from '../identity/tokens.js';
import { pageOf, PageQuerySchema } from './page.js';
import { NO_CONTENT, type TypeBoxTypeProvider } from './typeProvider.js';

const Id = Type.Object({ id: Type.String({ pattern: '^t[0-9a-hjkmnp-tv-z]{26}$' }) });
const tags = ['tokens'];

export function addTokenRoutes(base: FastifyInstance, tokens: Tokens): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    `${API_BASE}/tokens`,
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'listTokens',
        summary: 'The tokens that were made, of every owner; never the tokens themselves',
        querystring: PageQuerySchema,
        response: { 200: TokenPageSchema }
      }
    },
    async request => pageOf(tokens.list(), request.query)
  );

  app.post(
    `${API_BASE}/tokens`,
    {
      config: { scope: 'admin', answersSecret: true },
      schema: {
        tags,
        operationId: 'createToken',
        summary: 'Make a token for an owner; it is shown this once',
        body: TokenRequestSchema,
        response: { 201: NewTokenSchema }
      }
    },
    async (request, reply) => {
      const token = tokens.create(request.body);
      return reply.code(201).header('Location', `${API_BASE}/tokens/${token.id}`).send(token);
    }
  );

  app.delete(
    `${API_BASE}/tokens/:id`,
    {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'deleteToken',
        summary: 'Take a token back: connections that were opened with it end',
        params: Id,
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      tokens.remove(request.params.id);
      return reply.code(204).send();
    }
  );
}
