/** Where the Jupyter Server of a runtime answers. */
export interface IJupyterAddress {
  /** A unix socket; null: loopback `port`. */
  readonly socketPath: string | null;
  readonly port: number | null;
  /** e.g. `/runtimes/r01…/` */
  readonly basePath: string;
  readonly token: string;
}

/** What its requests carry. */
export const authorization = (address: IJupyterAddress): string => `token ${address.token}`;

/** A WebSocket URL as `ws` reads it. The launcher chooses socket paths without characters that a URL escapes. */
export function webSocketUrl(address: IJupyterAddress, path: string): string {
  return address.socketPath === null
    ? `ws://127.0.0.1:${address.port}${address.basePath}${path}`
    : `ws+unix:${address.socketPath}:${address.basePath}${path}`;
}
