/**
 * `/runtimes/<id>/…`: the runtime's Jupyter Server, for whoever may use the service. The client's credential ends here;
 * the runtime's own is added. The channel of the kernel that Lab shows goes to the relay, unless
 * it is there to move the kernel's state.
 */
import { randomUUID } from 'node:crypto';
import { Agent, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { createProxyServer, type ProxyServer } from 'http-proxy-3';
import { WebSocketServer } from 'ws';

import {
  KERNEL_SUBPROTOCOL,
  parseResumeQuery,
  PROBLEM_CONTENT_TYPE,
  RuntimeError,
  STATE_SESSION_PREFIX
} from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { checkOrigin } from '../http/origin.js';
import { toProblem } from '../http/problems.js';
import type { IIngress } from '../http/server.js';
import type { Authorizer } from '../identity/authorizer.js';
import { needScope, type IPrincipal } from '../identity/identity.js';
import { authorization, type IJupyterAddress } from '../jupyter/address.js';
import { Relay } from '../relay/relay.js';
import type { ILog } from '../runtimes/ports.js';
import type { RuntimeLife } from '../runtimes/runtimeLife.js';
import type { Runtimes } from '../runtimes/runtimes.js';

const INGRESS = /^\/runtimes\/([^/?]+)\/([^?]*)(?:\?(.*))?$/;
const CHANNELS = /^api\/kernels\/([^/]+)\/channels$/;
const KERNEL_ACTION = /^api\/kernels\/([^/]+)(\/restart)?$/;
/** After these, kernels may have come or gone. */
const CHANGES_KERNELS = /^api\/(kernels|sessions)(\/|$)/;
const IDLE_TIMEOUT_MS = 10 * 60_000;
/** When the service stops, clients have so long to answer its goodbye: one whose computer sleeps holds up nobody. */
const GOODBYE_MS = 1000;

/** What a token that may only read may send. */
const READING = new Set(['GET', 'HEAD']);

interface ITarget {
  readonly principal: IPrincipal;
  readonly id: string;
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly address: IJupyterAddress;
  readonly relay: Relay | null;
  readonly kernelId: string | null;
}

export class Ingress implements IIngress {
  constructor(
    private readonly _runtimes: Runtimes,
    private readonly _life: RuntimeLife,
    private readonly _authorizer: Authorizer,
    private readonly _log: ILog
  ) {
    this._proxy = createProxyServer({
      ws: true,
      xfwd: false,
      proxyTimeout: IDLE_TIMEOUT_MS,
      agent: this._agent
    });
    this._proxy.on('error', (error, _request, target) => this._onProxyError(error, target));
    this._proxy.on('proxyRes', response => {
      // Jupyter's own login cookie would be one more credential.
      delete response.headers['set-cookie'];
    });
    this._sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: 0,
      handleProtocols: protocols => (protocols.has(KERNEL_SUBPROTOCOL) ? KERNEL_SUBPROTOCOL : false)
    });
  }

  request(request: IncomingMessage, response: ServerResponse): boolean {
    if (!INGRESS.test(request.url ?? '')) {
      return false;
    }
    try {
      const target = this._target(request, !READING.has(request.method ?? ''));
      if (this._takeKernelAction(target, request, response)) {
        return true;
      }
      if (
        request.method !== 'GET' &&
        request.method !== 'HEAD' &&
        CHANGES_KERNELS.test(target.rest)
      ) {
        response.once('finish', () => this._life.recount(target.id, request.method === 'DELETE'));
      }
      exchangeCredentials(request, target.address);
      // The client's `close` is for its own connection. Node writes after a request's body once more, which
      // fails on a Unix socket that a fast server has closed by then: before its answer is read.
      delete request.headers.connection;
      this._proxy.web(request, response, { target: proxyTarget(target.address) });
    } catch (error) {
      this._refuse(error, response);
    }
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', error => this._log.debug({ err: error }, 'A connection was lost.'));
    this._upgraded.add(socket);
    socket.once('close', () => this._upgraded.delete(socket));
    try {
      if (!INGRESS.test(request.url ?? '')) {
        throw new RuntimeError('NOT_FOUND', 'There is no channel at this path: check the URL.');
      }
      checkOrigin(request.headers);
      const target = this._target(request, true);
      this._closeWithToken(target.principal, socket);
      const kernelId = CHANNELS.exec(target.rest)?.[1];
      if (
        kernelId !== undefined &&
        decodeURIComponent(kernelId) === target.kernelId &&
        target.relay &&
        !target.query.get('session_id')?.startsWith(STATE_SESSION_PREFIX)
      ) {
        this._attach(target.relay, target.query, request, socket, head);
        return;
      }
      exchangeCredentials(request, target.address);
      this._proxy.ws(request, socket, head, { target: proxyTarget(target.address) });
    } catch (error) {
      this._refuse(error, socket);
    }
  }

  /** End what was opened with a token. */
  drop(tokenId: string): void {
    this._byToken.get(tokenId)?.forEach(socket => socket.destroy());
  }

  close(): void {
    this._sockets.close();
    this._proxy.close();
    this._agent.destroy();
    setTimeout(() => this._upgraded.forEach(socket => socket.destroy()), GOODBYE_MS).unref();
  }

  private _attach(
    relay: Relay,
    query: URLSearchParams,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer
  ): void {
    this._sockets.handleUpgrade(request, socket, head, client => {
      const { resume, point } = parseResumeQuery(query);
      const mode = client.protocol !== KERNEL_SUBPROTOCOL ? 'legacy' : resume ? 'resume' : 'v1';
      relay.attach(client, mode, point);
    });
  }

  /** Restarting or ending the kernel that Lab shows is the service's own business: the relay must know. */
  private _takeKernelAction(
    target: ITarget,
    request: IncomingMessage,
    response: ServerResponse
  ): boolean {
    const [, kernelId, restart] = KERNEL_ACTION.exec(target.rest) ?? [];
    if (kernelId === undefined || decodeURIComponent(kernelId) !== target.kernelId) {
      return false;
    }
    if (restart && request.method === 'POST') {
      request.resume();
      this._runtimes.restart(target.principal.owner, target.id).then(
        runtime => {
          const kernel = {
            ...runtime.kernel,
            last_activity: runtime.last_activity ?? runtime.created_at,
            connections: 1
          };
          response
            .writeHead(200, { 'Content-Type': 'application/json' })
            .end(JSON.stringify(kernel));
        },
        (error: unknown) => this._refuse(error, response)
      );
      return true;
    }
    if (!restart && request.method === 'DELETE') {
      request.resume();
      this._runtimes.terminate(target.principal.owner, target.id);
      response.writeHead(204).end();
      return true;
    }
    return false;
  }

  /** Whoever opened a connection with a token that is taken back loses it. */
  private _closeWithToken({ tokenId }: IPrincipal, socket: Duplex): void {
    if (tokenId === null) {
      return;
    }
    const sockets = this._byToken.get(tokenId) ?? new Set<Duplex>();
    this._byToken.set(tokenId, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) {
        this._byToken.delete(tokenId);
      }
    });
  }

  /** @throws RuntimeError UNAUTHORIZED | FORBIDDEN | NOT_FOUND | NOT_RUNNING */
  private _target(request: IncomingMessage, isUse: boolean): ITarget {
    const principal = this._authorizer.principal(request.headers);
    needScope(principal, isUse ? 'use' : 'read');
    const [, id, rest, query] = INGRESS.exec(request.url ?? '') as unknown as [
      string,
      string,
      string,
      string | undefined
    ];
    const { given_name: name, state } = this._runtimes.get(principal.owner, id);
    const route = this._runtimes.route(principal.owner, id);
    if (!route) {
      throw new RuntimeError(
        'NOT_RUNNING',
        `The runtime "${name}" is ${state}: its Jupyter Server does not run.`
      );
    }
    return {
      principal,
      id,
      rest,
      query: new URLSearchParams(query),
      address: route.launched.address,
      relay: route.relay instanceof Relay ? route.relay : null,
      kernelId: route.kernelId
    };
  }

  private _onProxyError(error: Error, target: ServerResponse | Duplex): void {
    this._log.warn({ err: error }, "A runtime's Jupyter Server could not be reached.");
    this._refuse(
      new RuntimeError(
        'UNREACHABLE',
        "The runtime's Jupyter Server does not answer: try again, or end the runtime.",
        {
          cause: error
        }
      ),
      target
    );
  }

  private _refuse(thrown: unknown, target: ServerResponse | Duplex): void {
    const error = toRuntimeError(thrown);
    const requestId = randomUUID();
    if (error.code === 'INTERNAL') {
      this._log.error({ err: thrown, requestId }, 'An ingress request failed.');
    }
    const body = JSON.stringify(toProblem(error, requestId));
    const headers = {
      'Content-Type': PROBLEM_CONTENT_TYPE,
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close'
    };
    if ('writeHead' in target) {
      if (target.headersSent) {
        target.destroy();
      } else {
        target.writeHead(error.status, headers).end(body);
      }
      return;
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    target.end(
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
    );
  }

  private readonly _upgraded = new Set<Duplex>();
  private readonly _byToken = new Map<string, Set<Duplex>>();
  private readonly _agent = new Agent({ keepAlive: true });
  private readonly _proxy: ProxyServer;
  private readonly _sockets: WebSocketServer;
}

function proxyTarget(address: IJupyterAddress): {
  host: string;
  port: number;
  socketPath?: string;
} {
  return 'port' in address.place
    ? { host: '127.0.0.1', port: address.place.port }
    : { host: 'localhost', port: 80, socketPath: address.place.socketPath };
}

function exchangeCredentials(request: IncomingMessage, address: IJupyterAddress): void {
  const dropped = new Set(['cookie', 'origin', 'referer', 'x-xsrftoken', 'proxy-authorization']);
  request.headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !dropped.has(name))
  );
  request.headers.authorization = authorization(address);
}
