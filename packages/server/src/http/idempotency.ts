/**
 * `Idempotency-Key` on every POST: the same request with the same key is done once, and answered alike for a day.
 * Only answers that say yes are kept; what failed has done nothing, and may be tried again.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';

import { RuntimeError } from '@jupyterlab-runtimes/core';

declare module 'fastify' {
  interface FastifyRequest {
    /** Ends what other requests with the same key wait for. */
    idempotent: IPending | null;
  }
  interface FastifyContextConfig {
    /** The answer holds a secret: it is kept in memory alone. */
    readonly answersSecret?: boolean;
  }
}

export interface IAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers by owner and key. */
export interface IAnswerStore {
  find(
    owner: string,
    key: string
  ): { readonly request: string; readonly answer: IAnswer } | undefined;
  put(owner: string, key: string, request: string, answer: IAnswer, at: Date): void;
  removeBefore(time: Date): void;
}

interface IPending {
  readonly id: string;
  readonly owner: string;
  readonly key: string;
  readonly request: string;
  readonly done: Promise<void>;
  finish(): void;
}

const KEPT_MS = 24 * 3600_000;
const PRUNE_MS = 600_000;
/** A longer answer is not kept, characters: no POST of this service has one. */
const MAX_BODY_LENGTH = 256 * 1024;
const KEY = /^[\x21-\x7e]{1,200}$/;
/** Secrets that are kept in memory. */
const MAX_SECRETS = 100;

export function addIdempotency(app: FastifyInstance, store: IAnswerStore, now: () => Date): void {
  const pending = new Map<string, IPending>();
  const secrets = new Map<string, { request: string; answer: IAnswer }>();
  let prunedAt = 0;

  const find = ({ id, owner, key }: IPending) => secrets.get(id) ?? store.find(owner, key);

  function keep(mine: IPending, answer: IAnswer, isSecret: boolean): void {
    if (isSecret) {
      secrets.set(mine.id, { request: mine.request, answer });
      if (secrets.size > MAX_SECRETS) {
        secrets.delete([...secrets.keys()][0]);
      }
      return;
    }
    const time = now();
    if (Math.abs(time.getTime() - prunedAt) > PRUNE_MS) {
      prunedAt = time.getTime();
      store.removeBefore(new Date(prunedAt - KEPT_MS));
    }
    store.put(mine.owner, mine.key, mine.request, answer, time);
  }

  app.decorateRequest('idempotent', null);

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined || !request.principal) {
      return undefined;
    }
    const mine = makePending(request, checkedKey(key));
    // Whoever comes second waits for the first one's answer.
    for (let first = pending.get(mine.id); first; first = pending.get(mine.id)) {
      checkSame(first.request, mine.request);
      await first.done;
    }
    const earlier = find(mine);
    if (!earlier) {
      pending.set(mine.id, mine);
      request.idempotent = mine;
      return undefined;
    }
    checkSame(earlier.request, mine.request);
    return repeat(reply, earlier.answer);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const mine = request.idempotent;
    if (!mine) {
      return payload;
    }
    request.idempotent = null;
    try {
      const body = payload ?? '';
      const isYes = reply.statusCode >= 200 && reply.statusCode < 300;
      if (isYes && typeof body === 'string' && body.length <= MAX_BODY_LENGTH) {
        const isSecret = request.routeOptions.config.answersSecret === true;
        keep(mine, { status: reply.statusCode, headers: headersOf(reply), body }, isSecret);
      }
    } catch (error) {
      // What was asked for is done: a full disk must not make it look otherwise.
      request.log.error({ err: error }, 'An answer could not be kept for its Idempotency-Key.');
    } finally {
      pending.delete(mine.id);
      mine.finish();
    }
    return payload;
  });
}

function makePending(request: FastifyRequest, key: string): IPending {
  const { owner } = request.principal;
  // A body that is a stream is told apart by its length only.
  const { body } = request;
  const isPlain =
    body === null || body === undefined || Object.getPrototypeOf(body) === Object.prototype;
  const content = isPlain ? JSON.stringify(body ?? null) : request.headers['content-length'];
  let finish = (): void => undefined;
  const done = new Promise<void>(resolve => (finish = resolve));
  return {
    id: `${owner}/${key}`,
    owner,
    key,
    // A digest: bodies may hold secrets.
    request: hash('sha256', `${request.url}\n${content}`, 'base64url'),
    done,
    finish
  };
}

function repeat(reply: FastifyReply, { status, headers, body }: IAnswer): FastifyReply {
  void reply.code(status).headers(headers).header('Idempotency-Replayed', 'true');
  // As it was, past the serialiser.
  return reply.serializer(String).send(body);
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    ['content-type', 'location', 'etag'].flatMap(name => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    })
  );
}

function checkedKey(key: string | string[]): string {
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      'The header Idempotency-Key is not as expected: send 1 to 200 visible ASCII characters, for example a UUID.'
    );
  }
  return key;
}

function checkSame(earlier: string, request: string): void {
  if (earlier !== request) {
    throw new RuntimeError(
      'CONFLICT',
      'This Idempotency-Key was used for another request: send a new key with a new request.'
    );
  }
}
