/** Frames of `v1.kernel.websocket.jupyter.org`, made from pieces that are JSON already.
 *  @see https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html */

/** What a message is made of. */
export interface IFrameParts {
  readonly channel: string;
  /** JSON. */
  readonly header: string;
  /** JSON. */
  readonly parent: string;
  /** JSON. */
  readonly metadata: string;
  /** JSON, UTF-8 where it is long. */
  readonly content: string | Uint8Array;
  readonly buffers: readonly ArrayBuffer[];
}

const encoder = new TextEncoder();

/** Each content is copied once, and never parsed. */
export function encodeFrame(parts: IFrameParts): ArrayBuffer {
  const { channel, header, parent, metadata, content } = parts;
  const pieces = [
    encoder.encode(channel),
    encoder.encode(header),
    encoder.encode(parent),
    encoder.encode(metadata),
    typeof content === 'string' ? encoder.encode(content) : content,
    ...parts.buffers.map(buffer => new Uint8Array(buffer))
  ];
  let offset = 8 * (pieces.length + 2);
  const size = pieces.reduce((sum, piece) => sum + piece.length, offset);
  const frame = new ArrayBuffer(size);
  const view = new DataView(frame);
  const bytes = new Uint8Array(frame);
  view.setBigUint64(0, BigInt(pieces.length + 1), true);
  pieces.forEach((piece, index) => {
    view.setBigUint64(8 * (index + 1), BigInt(offset), true);
    bytes.set(piece, offset);
    offset += piece.length;
  });
  view.setBigUint64(8 * (pieces.length + 1), BigInt(offset), true);
  return frame;
}
