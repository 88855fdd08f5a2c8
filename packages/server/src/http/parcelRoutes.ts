/** `/parcels`: states on their way from or to this service. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addAbortSignal, type Readable } from 'node:stream';

import {
  API_BASE,
  CHUNK_TYPE,
  MANIFEST_TYPE,
  PARCEL_ID_PATTERN,
  ParcelMissingSchema,
  ParcelRequestSchema,
  ParcelRestoreSchema,
  ParcelSchema,
  ParcelSendSchema,
  ParcelTicketSchema,
  RuntimeError
} from '@jupyterlab-runtimes/core';

import type { Parcels } from '../parcels/parcels.js';
import { unended } from './problems.js';
import { NO_CONTENT, streamOf, type TypeBoxTypeProvider } from './typeProvider.js';

const ParcelId = Type.Object({ id: Type.String({ pattern: PARCEL_ID_PATTERN }) });
const ChunkOf = Type.Composite([
  ParcelId,
  Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) })
]);
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;
const tags = ['parcels'];

export function addParcelRoutes(base: FastifyInstance, parcels: Parcels): void {
  // In a scope of their own: here bodies are bytes, which other calls take for a mistake.
  void base.register(async scope => {
    scope.addContentTypeParser(CHUNK_TYPE, (_request, payload, done) => done(null, payload));
    scope.addContentTypeParser(
      MANIFEST_TYPE,
      { parseAs: 'buffer', bodyLimit: MAX_MANIFEST_BYTES },
      (_request, body, done) => done(null, body)
    );
    addCalls(scope, parcels);
    addBytes(scope, parcels);
  });
}

function addCalls(base: FastifyInstance, parcels: Parcels): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    `${API_BASE}/parcels`,
    {
      schema: {
        tags,
        operationId: 'createParcel',
        summary: 'A state that is to travel: empty, or captured from a runtime in the background',
        body: ParcelRequestSchema,
        response: { 201: ParcelSchema }
      }
    },
    async (request, reply) => {
      const parcel = parcels.create(request.principal.owner, request.body);
      return reply.code(201).header('Location', `${API_BASE}/parcels/${parcel.id}`).send(parcel);
    }
  );

  app.get(
    `${API_BASE}/parcels/:id`,
    {
      config: { takesTicket: true },
      schema: {
        tags,
        operationId: 'getParcel',
        summary: 'How far it is; a parcel that nobody asks for ends after some minutes',
        params: ParcelId,
        response: { 200: ParcelSchema }
      }
    },
    async request => parcels.get(request.principal.owner, request.params.id)
  );

  app.post(
    `${API_BASE}/parcels/:id/restore`,
    {
      schema: {
        tags,
        operationId: 'restoreParcel',
        summary: 'Give it to a running runtime, in one step and in the background',
        params: ParcelId,
        body: ParcelRestoreSchema,
        response: { 202: ParcelSchema }
      }
    },
    async (request, reply) =>
      reply
        .code(202)
        .header('Location', `${API_BASE}/parcels/${request.params.id}`)
        .send(await parcels.restore(request.principal.owner, request.params.id, request.body))
  );

  app.post(
    `${API_BASE}/parcels/:id/ticket`,
    {
      schema: {
        tags,
        operationId: 'ticketParcel',
        summary: 'What lets another service put its bytes here; the ticket before ends',
        params: ParcelId,
        response: { 201: ParcelTicketSchema }
      }
    },
    async (request, reply) => {
      const ticket = parcels.ticket(request.principal.owner, request.params.id);
      return reply.code(201).send({ ticket });
    }
  );

  app.post(
    `${API_BASE}/parcels/:id/send`,
    {
      schema: {
        tags,
        operationId: 'sendParcel',
        summary: 'Send its bytes to a parcel of another service, in the background',
        params: ParcelId,
        body: ParcelSendSchema,
        response: { 202: ParcelSchema }
      }
    },
    async (request, reply) =>
      reply
        .code(202)
        .header('Location', `${API_BASE}/parcels/${request.params.id}`)
        .send(await parcels.send(request.principal.owner, request.params.id, request.body))
  );

  app.delete(
    `${API_BASE}/parcels/:id`,
    {
      schema: {
        tags,
        operationId: 'deleteParcel',
        summary: 'Call off what is done with it, and take its bytes away',
        params: ParcelId,
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      parcels.remove(request.principal.owner, request.params.id);
      return reply.code(204).send();
    }
  );
}

function addBytes(base: FastifyInstance, parcels: Parcels): void {
  const app = base.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    `${API_BASE}/parcels/:id/manifest`,
    {
      schema: {
        tags,
        operationId: 'getParcelManifest',
        summary: "The manifest's bytes, not signed",
        params: ParcelId,
        response: { 200: streamOf(MANIFEST_TYPE) }
      }
    },
    async (request, reply) =>
      reply.type(MANIFEST_TYPE).send(parcels.manifest(request.principal.owner, request.params.id))
  );

  app.put(
    `${API_BASE}/parcels/:id/manifest`,
    {
      config: { takesTicket: true },
      schema: {
        tags,
        operationId: 'putParcelManifest',
        summary: `Say what belongs into it (${MANIFEST_TYPE}); sent again, it tells what is still missing`,
        params: ParcelId,
        response: { 200: ParcelMissingSchema }
      }
    },
    async request => {
      if (!Buffer.isBuffer(request.body)) {
        throw wrongType(MANIFEST_TYPE);
      }
      return parcels.describe(request.principal.owner, request.params.id, request.body);
    }
  );

  app.get(
    `${API_BASE}/parcels/:id/chunks/:digest`,
    {
      schema: {
        tags,
        operationId: 'getParcelChunk',
        summary: 'A chunk as it is stored, or a range of it (Range: bytes=…)',
        params: ChunkOf,
        response: { 200: streamOf(CHUNK_TYPE), 206: streamOf(CHUNK_TYPE) }
      }
    },
    async (request, reply) => {
      const { id, digest } = request.params;
      const range = rangeOf(request.headers.range);
      const { size, bytes } = await parcels.read(request.principal.owner, id, digest, range);
      if (range) {
        const { start, end } = range;
        void reply
          .code(206)
          .header('Content-Range', `bytes ${start}-${end - 1}/${size}`)
          .header('Content-Length', end - start);
      } else {
        void reply.header('Content-Length', size);
      }
      return reply.type(CHUNK_TYPE).send(bytes);
    }
  );

  app.put(
    `${API_BASE}/parcels/:id/chunks/:digest`,
    {
      config: { takesTicket: true },
      schema: {
        tags,
        operationId: 'putParcelChunk',
        summary: `Bytes of a chunk (${CHUNK_TYPE}), from where Content-Range says; what came of a broken request is kept`,
        params: ChunkOf,
        body: { content: { [CHUNK_TYPE]: { schema: {} } } },
        response: { 204: NO_CONTENT }
      }
    },
    async (request, reply) => {
      const { id, digest } = request.params;
      const start = startOf(request.headers['content-range']);
      const body = bodyOf(request);
      await parcels.write(request.principal.owner, id, digest, start, signal =>
        unended(addAbortSignal(signal, body))
      );
      return reply.code(204).send();
    }
  );
}

/** @throws RuntimeError INVALID_REQUEST for other ranges than one of `bytes=a-b`. */
function rangeOf(header: string | undefined): { start: number; end: number } | undefined {
  if (header === undefined) {
    return undefined;
  }
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header) ?? [];
  if (first === undefined || Number(last) < Number(first)) {
    throw new RuntimeError('INVALID_REQUEST', 'Ask for one range of bytes: Range: bytes=0-1023.');
  }
  return { start: Number(first), end: Number(last) + 1 };
}

/** @throws RuntimeError INVALID_REQUEST */
function startOf(header: string | string[] | undefined): number {
  const [, first] = /^bytes (\d{1,15})-\d{1,15}\/(?:\d{1,15}|\*)$/.exec(String(header ?? '')) ?? [];
  if (first === undefined) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      'Say where the bytes belong: Content-Range: bytes 0-1023/4096.'
    );
  }
  return Number(first);
}

/** @throws RuntimeError INVALID_REQUEST when the body is something else. */
function bodyOf(request: FastifyRequest): Readable {
  const body = request.body as Readable | undefined | null;
  if (!body || typeof body.pipe !== 'function') {
    throw wrongType(CHUNK_TYPE);
  }
  return body;
}

const wrongType = (type: string): RuntimeError =>
  new RuntimeError('INVALID_REQUEST', `The body must be bytes: send Content-Type: ${type}.`);
