/** The service's HTTP server: the interface through Fastify, the ingress beside it. */
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest
} from 'fastify';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { TokenScope } from '@jupyterlab-runtimes/core';

import type { EnvironmentCatalog } from '../environments/catalog.js';
import type { Authorizer } from '../identity/authorizer.js';
import { needScope, type IPrincipal } from '../identity/identity.js';
import type { Tokens } from '../identity/tokens.js';
import type { Parcels } from '../parcels/parcels.js';
import type { Runtimes } from '../runtimes/runtimes.js';
import type { Snapshots } from '../snapshots/snapshots.js';
import { addEnvironmentRoutes } from './environmentRoutes.js';
import { addEtags } from './etag.js';
import type { EventHub } from './eventHub.js';
import { addExecutionRoutes } from './executionRoutes.js';
import { addIdempotency, type IAnswerStore } from './idempotency.js';
import { addLifeRoutes } from './lifeRoutes.js';
import { addLogRoutes, type IRuntimeLogs } from './logRoutes.js';
import type { Metrics } from './metrics.js';
import { addOpenApi } from './openapi.js';
import { addParcelRoutes } from './parcelRoutes.js';
import { collectMethods, refuseConnection, sendNotFound, sendProblem } from './problems.js';
import { addRuntimeRoutes } from './runtimeRoutes.js';
import { serializeLazily } from './serialization.js';
import { addServiceRoutes, type IServiceCalls } from './serviceRoutes.js';
import { addSnapshotRoutes } from './snapshotRoutes.js';
import { addTokenRoutes } from './tokenRoutes.js';
import { addValidation } from './validation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before any handler of a route that needs a token. */
    principal: IPrincipal;
  }
  interface FastifyContextConfig {
    /** What the token must allow. Default: `read` to look, `use` for all else. `none`: no token is needed. */
    readonly scope?: TokenScope | 'none';
    /** A ticket for the parcel in the path is enough, too. */
    readonly takesTicket?: boolean;
  }
}

/** Requests below a runtime's ingress path. */
export interface IIngress {
  /** @returns Whether it was one. */
  request(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface IHttpOptions {
  readonly runtimes: Runtimes;
  readonly snapshots: Snapshots;
  readonly parcels: Parcels;
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
  readonly catalog: EnvironmentCatalog;
  readonly events: EventHub;
  readonly ingress: IIngress;
  readonly answers: IAnswerStore;
  readonly logs: IRuntimeLogs;
  readonly metrics: Metrics;
  readonly service: IServiceCalls;
  readonly log: FastifyBaseLogger;
  readonly now: () => Date;
}

const LOOKING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Of one part of a path, characters: the schemas have their own bounds. */
const MAX_PARAMETER_LENGTH = 2000;
const BODY_LIMIT_BYTES = 1024 * 1024;

export async function createHttpServer(options: IHttpOptions): Promise<FastifyInstance> {
  const { ingress, authorizer } = options;
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    schemaController: { compilersFactory: { buildSerializer: serializeLazily } },
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // Of the router, before there is a route: a path that can't be decoded.
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: refuseConnection,
    serverFactory: (handler): Server => {
      const server = createServer({ noDelay: true, keepAlive: true }, (request, response) => {
        if (!ingress.request(request, response)) {
          handler(request, response);
        }
      });
      server.on('upgrade', (request, socket, head) => ingress.upgrade(request, socket, head));
      // Uploads through the ingress may take their time.
      server.requestTimeout = 0;
      return server;
    }
  });
  // Every route that needs a token sets it, and the others have no use for it.
  app.decorateRequest('principal', null as unknown as IPrincipal);
  app.setErrorHandler(sendProblem);
  const sendNone = sendNotFound(collectMethods(app));
  app.setNotFoundHandler(sendNone);
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('X-Content-Type-Options', 'nosniff').header('Cache-Control', 'no-store');
    const { scope = LOOKING.has(request.method) ? 'read' : 'use' } = request.routeOptions.config;
    if (scope !== 'none') {
      request.principal = authorizer.principal(request.headers);
      if (!hasTicket(request)) {
        needScope(request.principal, scope);
      }
    }
    if (request.is404) {
      // Whatever its body is, nobody reads it.
      sendNone(request, reply);
      return reply;
    }
    return undefined;
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.split('?', 1)[0];
    request.log.debug(
      { method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request'
    );
  });
  // An empty body with a JSON content type is none, as fetch clients send it.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? null : JSON.parse(String(body)));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }));
    }
  });
  addValidation(app);
  addIdempotency(app, options.answers, options.now);
  addEtags(app);
  options.metrics.watch(app);
  await addOpenApi(app);
  addServiceRoutes(app, options.service, options.metrics);
  addRuntimeRoutes(app, options.runtimes, options.events);
  addEnvironmentRoutes(app, options.catalog);
  addExecutionRoutes(app, options.runtimes);
  addLogRoutes(app, options.runtimes, options.logs);
  addTokenRoutes(app, options.tokens);
  addSnapshotRoutes(app, options.snapshots);
  addParcelRoutes(app, options.parcels);
  addLifeRoutes(app, options.runtimes);
  await app.ready();
  return app;
}

/** Whether it asks, with a ticket, for what that is for. */
function hasTicket({ principal, params, routeOptions }: FastifyRequest): boolean {
  const { id } = (params ?? {}) as { readonly id?: string };
  return (
    routeOptions.config.takesTicket === true &&
    principal.parcelId !== undefined &&
    principal.parcelId === id
  );
}
