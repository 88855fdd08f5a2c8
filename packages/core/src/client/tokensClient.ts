/** Tokens of a service; every call needs the scope `admin`. */
import type { INewToken, IToken, ITokenRequest } from '../contract/token.js';
import type { Calls, ICallOptions } from './calls.js';

export class TokensClient {
  constructor(private readonly _calls: Calls) {}

  /** Of every owner, oldest first; never the tokens themselves. */
  async list(options: ICallOptions = {}): Promise<IToken[]> {
    return this._calls.pages<IToken>({ path: '/tokens', ...options });
  }

  /** @returns The token itself too: it is shown this once. */
  async create(body: ITokenRequest, options: ICallOptions = {}): Promise<INewToken> {
    return this._calls.json({ method: 'POST', path: '/tokens', body, ...options });
  }

  /** Take it back: what was opened with it ends. */
  async delete(id: string, options: ICallOptions = {}): Promise<void> {
    const path = `/tokens/${encodeURIComponent(id)}`;
    return this._calls.done({ method: 'DELETE', path, ...options });
  }
}
