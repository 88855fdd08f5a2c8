/** Who may ask: whoever has the service's token, from no other page than our own. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { RuntimeError } from '@jupyterlab-runtimes/core';

const SCHEME = /^(?:Bearer|token)\s+(\S+)$/i;

export class Authorizer {
  constructor(token: string) {
    this._digest = digest(token);
  }

  /** @throws RuntimeError UNAUTHORIZED */
  check(headers: IncomingHttpHeaders): void {
    const token = SCHEME.exec(headers.authorization ?? '')?.[1];
    // Digests have one length, and are compared in one time.
    if (token === undefined || !timingSafeEqual(digest(token), this._digest)) {
      throw new RuntimeError(
        'UNAUTHORIZED',
        token === undefined
          ? 'The request has no token: send `Authorization: Bearer <token>`; `jupyter runtimes login` stores it for JupyterLab.'
          : "The token is not this service's (any more): run `jupyter runtimes login` for it again."
      );
    }
  }

  private readonly _digest: Buffer;
}

/** A page of another origin must not open channels, also not with a stolen connection.
 *  @throws RuntimeError FORBIDDEN */
export function checkOrigin(headers: IncomingHttpHeaders): void {
  const { origin, host } = headers;
  if (origin === undefined || origin === 'null' || host === undefined) {
    if (origin === 'null') {
      throw forbidden(origin);
    }
    return;
  }
  if (!URL.canParse(origin) || new URL(origin).host !== host) {
    throw forbidden(origin);
  }
}

function forbidden(origin: string): RuntimeError {
  return new RuntimeError(
    'FORBIDDEN',
    `Pages of ${origin} may not use this service: open it from its own address.`
  );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
