/** From a request's token to whom it stands for. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type { IPrincipal } from './identity.js';
import type { ITickets, ITokenStore } from './ports.js';

const SCHEME = /^(?:Bearer|token)\s+(\S+)$/i;

export interface IAuthorizerOptions {
  /** The data folder's own token: everything, in the name of `owner`. */
  readonly token: string;
  readonly owner: string;
  readonly tokens: ITokenStore;
  readonly tickets: ITickets;
  readonly now: () => Date;
}

export class Authorizer {
  constructor(private readonly _options: IAuthorizerOptions) {
    this._own = digest(_options.token);
    this._owner = { owner: _options.owner, scopes: ['admin'], tokenId: null };
  }

  /** @throws RuntimeError UNAUTHORIZED */
  principal(headers: IncomingHttpHeaders): IPrincipal {
    const token = SCHEME.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      throw new RuntimeError(
        'UNAUTHORIZED',
        'The request has no token: send `Authorization: Bearer <token>`; `jupyter runtimes login` stores it for JupyterLab.'
      );
    }
    const given = digest(token);
    // Digests have one length, and are compared in one time.
    if (timingSafeEqual(given, this._own)) {
      return this._owner;
    }
    const holder = this._options.tickets.holderOf(token, given);
    if (holder) {
      return { ...holder, scopes: [], tokenId: null };
    }
    // Whoever times the look-up of a digest learns nothing of a token that has it.
    const found = this._options.tokens.find(given.toString('hex'));
    if (!found) {
      throw new RuntimeError(
        'UNAUTHORIZED',
        "The token is not this service's (any more): run `jupyter runtimes login` for it again."
      );
    }
    if (
      found.expires_at !== null &&
      Date.parse(found.expires_at) <= this._options.now().getTime()
    ) {
      throw new RuntimeError(
        'UNAUTHORIZED',
        `The token expired at ${found.expires_at}: ask the operator of the service for a new one.`
      );
    }
    return { owner: found.owner, scopes: found.scopes, tokenId: found.id };
  }

  private readonly _own: Buffer;
  private readonly _owner: IPrincipal;
}

export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
