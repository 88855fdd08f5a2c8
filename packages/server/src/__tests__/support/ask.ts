/** Requests as they are: no path is put in order, no header is added. */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

import { WebSocket } from 'ws';

export interface IAsk {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface IAnswered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function ask(url: string, options: IAsk): Promise<IAnswered> {
  const { hostname, port } = new URL(url);
  const headers = {
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    ...(options.body === undefined ? {} : { 'content-type': options.type ?? 'application/json' }),
    ...options.headers
  };
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, path: options.path, method: options.method ?? 'GET', headers },
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        );
        response.on('error', reject);
      }
    );
    asked.on('error', reject);
    asked.end(options.body);
  });
}

/** The HTTP status that a WebSocket is refused with; 101 where it is opened. */
export function upgradeStatus(url: string, path: string, token: string): Promise<number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, {
    headers: { authorization: `Bearer ${token}` }
  });
  return new Promise(resolve => {
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => {
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
}
