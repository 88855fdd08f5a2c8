/** `/environments/{name}`, `/environments:apply`, `/environments:validate`. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';

import {
  API_BASE,
  AppliedEnvironmentsSchema,
  EnvironmentSchema,
  MANIFEST_CONTENT_TYPE,
  ManifestValidationSchema,
  RuntimeError
} from '@jupyterlab-runtimes/core';

import type { EnvironmentCatalog } from '../environments/catalog.js';
import { NO_CONTENT, type TypeBoxTypeProvider } from './typeProvider.js';

const Name = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }) });

/** Manifests as text; JSON is YAML too. */
const ManifestBody = {
  content: {
    // Any text is judged, also one that is no manifest.
    [MANIFEST_CONTENT_TYPE]: { schema: Type.Unknown({ description: 'One manifest, or several' }) }
  }
};
const YAML_TYPES = [MANIFEST_CONTENT_TYPE, 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
const tags = ['environments'];

/** More than a manifest may have, so that what is too long is told in a sentence and not by a cut connection. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

export function addEnvironmentRoutes(base: FastifyInstance, catalog: EnvironmentCatalog): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.addContentTypeParser(
    YAML_TYPES,
    { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES },
    (_request, body, done) => done(null, body)
  );

  app.get(
    `${API_BASE}/environments/:name`,
    {
      schema: {
        tags,
        operationId: 'getEnvironment',
        summary: 'One environment; with `Accept: application/yaml` its manifest as it came in',
        params: Name,
        response: {
          200: {
            content: {
              'application/json': { schema: EnvironmentSchema },
              [MANIFEST_CONTENT_TYPE]: { schema: Type.String() }
            }
          }
        }
      }
    },
    async (request, reply) => {
      const { name } = request.params;
      const { environment, text, manifest } = await catalog.find(request.principal.owner, name);
      void reply.header('Vary', 'Accept');
      if (!wantsYaml(request.headers.accept)) {
        return environment;
      }
      if (manifest === null) {
        throw new RuntimeError(
          'NOT_FOUND',
          `The environment "${name}" has no manifest: it is built into the service. Ask for application/json.`
        );
      }
      return reply.type(`${MANIFEST_CONTENT_TYPE}; charset=utf-8`).send(text);
    }
  );

  app.post(
    `${API_BASE}/environments::apply`,
    {
      schema: {
        tags,
        operationId: 'applyEnvironments',
        summary: "Keep manifests as the owner's: all of them, or none where one is wrong",
        body: ManifestBody,
        response: { 200: AppliedEnvironmentsSchema }
      }
    },
    async request => {
      const { environments, faults } = await catalog.apply(
        request.principal.owner,
        textOf(request.body)
      );
      return { items: [...environments], faults: [...faults] };
    }
  );

  app.post(
    `${API_BASE}/environments::validate`,
    {
      config: { scope: 'read' },
      schema: {
        tags,
        operationId: 'validateEnvironments',
        summary: 'Every fault of manifests, with line and remedy; nothing is kept',
        body: ManifestBody,
        response: { 200: ManifestValidationSchema }
      }
    },
    async request => {
      const faults = catalog.validate(textOf(request.body));
      return { valid: faults.every(({ severity }) => severity !== 'error'), faults: [...faults] };
    }
  );

  app.delete(
    `${API_BASE}/environments/:name`,
    {
      schema: {
        tags,
        operationId: 'deleteEnvironment',
        summary: "Forget one of the owner's environments; runtimes that were made from it go on",
        params: Name,
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      await catalog.remove(request.principal.owner, request.params.name);
      return reply.code(204).send();
    }
  );
}

/** @throws RuntimeError INVALID_REQUEST where there is no text. */
function textOf(body: unknown): string {
  if (typeof body === 'string' && body.trim() !== '') {
    return body;
  }
  if (typeof body === 'object' && body !== null) {
    return JSON.stringify(body, undefined, 2);
  }
  throw new RuntimeError(
    'INVALID_REQUEST',
    `The body of the request is empty: send manifests as ${MANIFEST_CONTENT_TYPE}.`
  );
}

/** Whether the first type that is asked for, of the two that there are, is YAML. */
function wantsYaml(accept = ''): boolean {
  const types = accept.split(',').map(part => part.split(';', 1)[0].trim().toLowerCase());
  const first = types.find(type => type === 'application/json' || YAML_TYPES.includes(type));
  return first !== undefined && first !== 'application/json';
}
