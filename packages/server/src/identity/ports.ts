/** What identity needs from outside. */
import type { IToken } from '@jupyterlab-runtimes/core';

/** Tokens that were made beside the data folder's own; the tokens themselves are not kept, only their digests. */
export interface ITokenStore {
  /** Oldest first. */
  list(): IToken[];
  /** @param digest SHA-256 of the token, hexadecimal. */
  find(digest: string): IToken | undefined;
  put(digest: string, token: IToken): void;
  /** @returns Whether there was one. */
  remove(id: string): boolean;
}

/** Tokens of states in transit, for whoever is to put their bytes here. */
export interface ITickets {
  /** @param digest SHA-256 of the token. */
  holderOf(
    token: string,
    digest: Buffer
  ): { readonly owner: string; readonly parcelId: string } | undefined;
}
