/** Who asks: a token stands for an owner, and for what may be done in the owner's name. */
import { RuntimeError, type TokenScope } from '@jupyterlab-runtimes/core';

/** Whoever a request's token stands for. */
export interface IPrincipal {
  /** Whose runtimes, snapshots, storage and environments: nothing of anybody else is seen or reached. */
  readonly owner: string;
  readonly scopes: readonly TokenScope[];
  /** Which token it was; null for the one of the data folder. */
  readonly tokenId: string | null;
  /** It stands for the bytes of this parcel alone, and has no scope. */
  readonly parcelId?: string;
}

/** Each scope holds those before it. */
const RANK: Record<TokenScope, number> = { read: 0, use: 1, admin: 2 };

const NEEDED_FOR: Record<TokenScope, string> = {
  read: 'look at runtimes',
  use: 'launch, change or end runtimes',
  admin: "manage tokens, the operator's environments and the service"
};

export function hasScope(principal: IPrincipal, scope: TokenScope): boolean {
  return principal.scopes.some(held => RANK[held] >= RANK[scope]);
}

/** @throws RuntimeError FORBIDDEN */
export function needScope(principal: IPrincipal, scope: TokenScope): void {
  if (!hasScope(principal, scope)) {
    throw new RuntimeError(
      'FORBIDDEN',
      `This token may not ${NEEDED_FOR[scope]} (it has the scopes ${principal.scopes.join(', ') || 'none'}): use a token with the scope "${scope}".`
    );
  }
}
