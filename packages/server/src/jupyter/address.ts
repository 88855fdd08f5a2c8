/** Where the Jupyter Server of a runtime answers. */
export interface IJupyterAddress {
  readonly place: JupyterPlace;
  /** e.g. `/runtimes/r01…/` */
  readonly basePath: string;
  readonly token: string;
}

/** A unix socket, or a loopback port where there are none. */
export type JupyterPlace = { readonly socketPath: string } | { readonly port: number };

/** What its requests carry. */
export const authorization = (address: IJupyterAddress): string => `token ${address.token}`;

/** A WebSocket URL as `ws` reads it. The launcher chooses socket paths without characters that a URL escapes. */
export function webSocketUrl(address: IJupyterAddress, path: string): string {
  return 'port' in address.place
    ? `ws://127.0.0.1:${address.place.port}${address.basePath}${path}`
    : `ws+unix:${address.place.socketPath}:${address.basePath}${path}`;
}
