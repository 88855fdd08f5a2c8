/** From which pages a connection may be opened: from our own alone. */
import type { IncomingHttpHeaders } from 'node:http';

import { RuntimeError } from '@jupyterlab-runtimes/core';

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
