/** `/snapshots`, `/chunks`, and what a runtime has to do with them. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';

import {
  API_BASE,
  CHUNK_TYPE as BYTES_TYPE,
  GivenNameSchema,
  JRS_TYPE,
  MANIFEST_TYPE,
  RestoreReportSchema,
  RestoreRequestSchema,
  RuntimeError,
  RUNTIME_ID_PATTERN,
  SNAPSHOT_ID_PATTERN,
  SnapshotChangeSchema,
  SnapshotPageSchema,
  SnapshotRequestSchema,
  SnapshotSchema
} from '@jupyterlab-runtimes/core';

import type { Snapshots } from '../snapshots/snapshots.js';
import { pageOf, PageQuerySchema } from './page.js';
import { unended } from './problems.js';
import { NO_CONTENT, streamOf, type TypeBoxTypeProvider } from './typeProvider.js';

const RuntimeId = Type.Object({ id: Type.String({ pattern: RUNTIME_ID_PATTERN }) });
const SnapshotId = Type.Object({ id: Type.String({ pattern: SNAPSHOT_ID_PATTERN }) });
const Digest = Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
const DigestsSchema = Type.Object(
  { digests: Type.Array(Digest.properties.digest, { maxItems: 14_000 }) },
  { additionalProperties: false }
);
const MissingSchema = Type.Object({ missing: Type.Array(Type.String()) });
const ListQuerySchema = Type.Composite([
  PageQuerySchema,
  Type.Object({ runtime_id: Type.Optional(RuntimeId.properties.id) })
]);
const BroughtQuerySchema = Type.Object({
  name: Type.Optional(GivenNameSchema),
  description: Type.Optional(Type.String({ maxLength: 10_000 }))
});
const OwnQuerySchema = Type.Composite([
  BroughtQuerySchema,
  Type.Object({
    own: Type.Optional(
      Type.Boolean({
        description: "It is the owner's own state, from a kernel of theirs: the service signs it"
      })
    )
  })
]);

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/** Bytes: what they are is looked at by whoever takes them. */
const bytesBody = (type: string): { content: Record<string, { schema: object }> } => ({
  content: { [type]: { schema: {} } }
});

const tags = ['snapshots'];

export function addSnapshotRoutes(base: FastifyInstance, snapshots: Snapshots): void {
  // In a scope of their own: here bodies are bytes, which other calls take for a mistake.
  void base.register(async scope => {
    const pass = (_request: FastifyRequest, payload: Readable, done: PassBody): void =>
      done(null, payload);
    scope.addContentTypeParser([JRS_TYPE, BYTES_TYPE], pass);
    scope.addContentTypeParser(
      MANIFEST_TYPE,
      { parseAs: 'buffer', bodyLimit: MAX_MANIFEST_BYTES },
      (_request, body, done) => done(null, body)
    );
    addCalls(scope, snapshots);
    addTransfers(scope, snapshots);
  });
}

type PassBody = (error: null, body: Readable) => void;

function addCalls(base: FastifyInstance, snapshots: Snapshots): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();
  const current = (request: FastifyRequest) =>
    snapshots.get(request.principal.owner, (request.params as { id: string }).id);

  app.get(
    `${API_BASE}/snapshots`,
    {
      schema: {
        tags,
        operationId: 'listSnapshots',
        summary: "The owner's snapshots, oldest first",
        querystring: ListQuerySchema,
        response: { 200: SnapshotPageSchema }
      }
    },
    async request =>
      pageOf(snapshots.list(request.principal.owner, request.query.runtime_id), request.query)
  );

  app.post(
    `${API_BASE}/runtimes/:id/snapshots`,
    {
      schema: {
        tags,
        operationId: 'takeSnapshot',
        summary: 'Keep the state of a running runtime, which goes on; answers when it is stored',
        params: RuntimeId,
        body: SnapshotRequestSchema,
        response: { 201: SnapshotSchema }
      }
    },
    async (request, reply) => {
      const { owner } = request.principal;
      const snapshot = await snapshots.create(owner, request.params.id, request.body);
      return reply
        .code(201)
        .header('Location', `${API_BASE}/snapshots/${snapshot.id}`)
        .send(snapshot);
    }
  );

  app.post(
    `${API_BASE}/runtimes/:id/restore`,
    {
      schema: {
        tags,
        operationId: 'restoreSnapshot',
        summary: 'Load a snapshot into a running runtime, in one step',
        params: RuntimeId,
        body: RestoreRequestSchema,
        response: { 200: RestoreReportSchema }
      }
    },
    async request => snapshots.restore(request.principal.owner, request.params.id, request.body)
  );

  app.get(
    `${API_BASE}/snapshots/:id`,
    {
      config: { current },
      schema: {
        tags,
        operationId: 'getSnapshot',
        summary: 'One snapshot',
        params: SnapshotId,
        response: { 200: SnapshotSchema }
      }
    },
    async request => snapshots.get(request.principal.owner, request.params.id)
  );

  app.patch(
    `${API_BASE}/snapshots/:id`,
    {
      config: { current },
      schema: {
        tags,
        operationId: 'changeSnapshot',
        summary: 'Another name or description',
        params: SnapshotId,
        body: SnapshotChangeSchema,
        response: { 200: SnapshotSchema }
      }
    },
    async request => snapshots.change(request.principal.owner, request.params.id, request.body)
  );

  app.delete(
    `${API_BASE}/snapshots/:id`,
    {
      config: { current },
      schema: {
        tags,
        operationId: 'deleteSnapshot',
        summary: 'Delete it; refused while a paused runtime has its variables nowhere else',
        params: SnapshotId,
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      await snapshots.remove(request.principal.owner, request.params.id);
      return reply.code(204).send();
    }
  );
}

function addTransfers(base: FastifyInstance, snapshots: Snapshots): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    `${API_BASE}/snapshots/:id/export`,
    {
      schema: {
        tags,
        operationId: 'exportSnapshot',
        summary: 'The snapshot as one file (.jrs)',
        params: SnapshotId,
        response: { 200: streamOf(JRS_TYPE) }
      }
    },
    async (request, reply) => {
      const { name, size, bytes } = await snapshots.export(
        request.principal.owner,
        request.params.id
      );
      return reply
        .type(JRS_TYPE)
        .header('Content-Length', size)
        .header(
          'Content-Disposition',
          `attachment; filename*=UTF-8''${encodeURIComponent(name)}.jrs`
        )
        .send(bytes);
    }
  );

  app.post(
    `${API_BASE}/snapshots::import`,
    {
      schema: {
        tags,
        operationId: 'importSnapshot',
        summary: `Keep the snapshot that a file (${JRS_TYPE}) brings; every byte of it is checked`,
        querystring: BroughtQuerySchema,
        response: { 201: SnapshotSchema }
      }
    },
    async (request, reply) => {
      const snapshot = await snapshots.import(
        request.principal.owner,
        bytesOf(request, JRS_TYPE),
        request.query
      );
      return reply
        .code(201)
        .header('Location', `${API_BASE}/snapshots/${snapshot.id}`)
        .send(snapshot);
    }
  );

  app.get(
    `${API_BASE}/snapshots/:id/manifest`,
    {
      schema: {
        tags,
        operationId: 'getManifest',
        summary: "The manifest's bytes, with its signatures",
        params: SnapshotId,
        response: { 200: streamOf(MANIFEST_TYPE) }
      }
    },
    async (request, reply) =>
      reply
        .type(MANIFEST_TYPE)
        .send(await snapshots.manifest(request.principal.owner, request.params.id))
  );

  app.post(
    `${API_BASE}/snapshots`,
    {
      schema: {
        tags,
        operationId: 'addSnapshot',
        summary: `Keep a snapshot whose chunks are there already; the body is its manifest (${MANIFEST_TYPE})`,
        querystring: OwnQuerySchema,
        response: { 201: SnapshotSchema }
      }
    },
    async (request, reply) => {
      const { own, ...brought } = request.query;
      if (!Buffer.isBuffer(request.body)) {
        throw wrongType(MANIFEST_TYPE);
      }
      const snapshot = await snapshots.add(request.principal.owner, request.body, {
        ...brought,
        isOwn: own ?? false
      });
      return reply
        .code(201)
        .header('Location', `${API_BASE}/snapshots/${snapshot.id}`)
        .send(snapshot);
    }
  );

  app.get(
    `${API_BASE}/chunks/:digest`,
    {
      schema: {
        tags,
        operationId: 'getChunk',
        summary: "A chunk of the owner's, as it is stored",
        params: Digest,
        response: { 200: streamOf(BYTES_TYPE) }
      }
    },
    async (request, reply) => {
      const { size, bytes } = await snapshots.chunk(request.principal.owner, request.params.digest);
      return reply.type(BYTES_TYPE).header('Content-Length', size).send(bytes);
    }
  );

  app.put(
    `${API_BASE}/chunks/:digest`,
    {
      schema: {
        tags,
        operationId: 'putChunk',
        summary: `Keep a chunk (${BYTES_TYPE}); its manifest has to follow within the hour`,
        params: Digest,
        body: bytesBody(BYTES_TYPE),
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      const { owner } = request.principal;
      await snapshots.putChunk(owner, request.params.digest, bytesOf(request, BYTES_TYPE));
      return reply.code(204).send();
    }
  );

  app.post(
    `${API_BASE}/chunks::missing`,
    {
      schema: {
        tags,
        operationId: 'missingChunks',
        summary: 'Which of these chunks are not there',
        body: DigestsSchema,
        response: { 200: MissingSchema }
      }
    },
    async request => ({
      missing: await snapshots.missing(request.principal.owner, request.body.digests)
    })
  );
}

/** @throws RuntimeError INVALID_REQUEST when the body is something else. */
function bytesOf(request: FastifyRequest, type: string): AsyncIterable<Buffer> {
  const body = request.body as Readable | undefined | null;
  if (!body || typeof body.pipe !== 'function') {
    throw wrongType(type);
  }
  return unended(body);
}

const wrongType = (type: string): RuntimeError =>
  new RuntimeError('INVALID_REQUEST', `The body must be bytes: send Content-Type: ${type}.`);
