/** A state goes straight to another service: no page, and no Jupyter Server, is in between. */
import {
  parcelSink,
  ParcelsClient,
  pumpUntilThere,
  through,
  type IChunkSource,
  type IParcelSend,
  type IStateOptions
} from '@jupyterlab-runtimes/core';

import type { Parcel } from './parcel.js';

/** As the operator named it, without a slash at its end; undefined where that is no service's URL. */
export function peerUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isService =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every(part => part === '');
  return isService ? `${url.origin}${url.pathname}`.replace(/\/+$/, '') : undefined;
}

/**
 * Bring what is missing there, over several requests; a lost connection is taken up again.
 *
 * @param peer The other service.
 * @throws RuntimeError UNREACHABLE | UNAUTHORIZED | NOT_FOUND | CONFLICT | CANCELLED …: it can be sent again.
 */
export async function sendParcel(
  { content: { manifest, bytes, chunks } }: Parcel,
  peer: string,
  { parcel_id: id, ticket }: IParcelSend,
  options: IStateOptions
): Promise<void> {
  const client = new ParcelsClient({
    baseUrl: peer,
    token: ticket,
    // The ticket is for that service, and for none to which it points.
    fetch: (input, init) => fetch(input, { ...init, redirect: 'error' })
  });
  const source: IChunkSource = {
    read: async (digest, offset, length) => {
      if (length === 0) {
        return new Uint8Array(0);
      }
      const { bytes: stream } = await chunks.read(digest, { start: offset, end: offset + length });
      return new Uint8Array(Buffer.concat(await stream.toArray()));
    }
  };
  const sink = parcelSink(client, id, { bytes: new Uint8Array(bytes), content: manifest });
  await pumpUntilThere(through(source, sink), sink, { ...options, manifest });
}
