/** Make, list and take back tokens. */
import { randomBytes } from 'node:crypto';

import { ulid } from 'ulid';

import {
  RuntimeError,
  type INewToken,
  type IToken,
  type ITokenRequest
} from '@jupyterlab-runtimes/core';

import { digest } from './authorizer.js';
import type { ITokenStore } from './ports.js';

const MINUTE_MS = 60_000;

export class Tokens {
  constructor(
    private readonly _store: ITokenStore,
    private readonly _now: () => Date
  ) {}

  /** Of every owner, oldest first. */
  list(): IToken[] {
    return this._store.list();
  }

  /** @returns The only copy of the token itself. */
  create(request: ITokenRequest): INewToken {
    const now = this._now();
    const minutes = request.expires_in_minutes;
    const token = `jrt_${randomBytes(32).toString('base64url')}`;
    const record: IToken = {
      id: `t${ulid(now.getTime()).toLowerCase()}`,
      owner: request.owner,
      scopes: [...request.scopes],
      note: request.note ?? '',
      created_at: now.toISOString(),
      expires_at:
        minutes === undefined ? null : new Date(now.getTime() + minutes * MINUTE_MS).toISOString()
    };
    this._store.put(digest(token).toString('hex'), record);
    return { ...record, token };
  }

  /** From now on it opens nothing; what is open with it is closed.
   *  @throws RuntimeError NOT_FOUND */
  remove(id: string): void {
    if (!this._store.remove(id)) {
      throw new RuntimeError(
        'NOT_FOUND',
        `There is no token ${id} (any more): see \`jupyter runtimes tokens ls\`.`
      );
    }
    this._onRemoved.forEach(listener => listener(id));
  }

  /** @param listener Called with the id of a token that was taken back. */
  onRemoved(listener: (id: string) => void): void {
    this._onRemoved.push(listener);
  }

  private readonly _onRemoved: ((id: string) => void)[] = [];
}
