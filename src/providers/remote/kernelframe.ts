/**
 * The binary kernel message, as far as a connection needs it.
 * @see https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
 */

/** Bytes of one offset: an unsigned 64-bit integer, little-endian. */
const OFFSET_BYTES = 8;
/** Where the header's offset stands, after the count of offsets and the channel's. */
const HEADER_OFFSET_INDEX = 2;

/** The `msg_id` of a `v1.kernel.websocket.jupyter.org` message; undefined for
 *  what is not one. */
export function messageIdOf(frame: ArrayBuffer): string | undefined {
  if (frame.byteLength < OFFSET_BYTES * (HEADER_OFFSET_INDEX + 2)) {
    return undefined;
  }
  const view = new DataView(frame);
  const offset = (index: number) => Number(view.getBigUint64(index * OFFSET_BYTES, true));
  const start = offset(HEADER_OFFSET_INDEX);
  const end = offset(HEADER_OFFSET_INDEX + 1);
  if (!(start < end && end <= frame.byteLength)) {
    return undefined;
  }
  const header: unknown = JSON.parse(
    new TextDecoder().decode(new Uint8Array(frame, start, end - start))
  );
  const id = (header as { msg_id?: unknown } | null)?.msg_id;
  return typeof id === 'string' ? id : undefined;
}
