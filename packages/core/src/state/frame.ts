/**
 * Kernel messages as frames of `v1.kernel.websocket.jupyter.org`, with bytes that are views wherever that is possible.
 *
 * Layout: uint64 LE count of offsets, the offsets (uint64 LE each), then channel, header, parent_header, metadata,
 * content and buffers, each from its offset to the next.
 *
 * @see https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
 */

export interface IMessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
}

export interface IKernelMessage {
  readonly channel: string;
  readonly header: IMessageHeader;
  /** Empty for what nobody asked for. */
  readonly parent: Partial<IMessageHeader>;
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
}

const WORD_BYTES = 8;
/** channel, header, parent_header, metadata, content, end. */
const MIN_OFFSETS = 6;
const FIRST_BUFFER = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One frame; each buffer is copied once. */
export function encodeMessage(message: Omit<IKernelMessage, 'parent'>): ArrayBuffer {
  const parts = [
    encoder.encode(message.channel),
    ...[message.header, {}, {}, message.content].map(part => encoder.encode(JSON.stringify(part))),
    ...message.buffers
  ];
  const count = parts.length + 1;
  let offset = WORD_BYTES * (count + 1);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, offset));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(count), true);
  view.setBigUint64(WORD_BYTES, BigInt(offset), true);
  parts.forEach((part, index) => {
    bytes.set(part, offset);
    offset += part.length;
    view.setBigUint64(WORD_BYTES * (index + 2), BigInt(offset), true);
  });
  return bytes.buffer;
}

/** Whether the message answers to `session`: read without parsing what it carries.
 *  @returns undefined for what is not a frame of this format. */
export function decodeMessage(
  frame: ArrayBuffer,
  wants: (parent: Partial<IMessageHeader>, header: IMessageHeader) => boolean
): IKernelMessage | undefined {
  const offsets = readOffsets(frame);
  if (!offsets) {
    return undefined;
  }
  const part = (index: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(frame, offsets[index], offsets[index + 1] - offsets[index]);
  const json = (index: number): unknown => {
    const text = decoder.decode(part(index));
    return text === '' ? {} : JSON.parse(text);
  };
  const header = json(1) as IMessageHeader;
  const parent = json(2) as Partial<IMessageHeader>;
  if (!wants(parent, header)) {
    return undefined;
  }
  return {
    channel: decoder.decode(part(0)),
    header,
    parent,
    content: json(4) as Record<string, unknown>,
    buffers: offsets.slice(FIRST_BUFFER, -1).map((_, index) => part(FIRST_BUFFER + index))
  };
}

function readOffsets(frame: ArrayBuffer): number[] | undefined {
  const view = new DataView(frame);
  const count = frame.byteLength >= WORD_BYTES ? Number(view.getBigUint64(0, true)) : 0;
  if (count < MIN_OFFSETS || frame.byteLength < WORD_BYTES * (count + 1)) {
    return undefined;
  }
  const offsets = Array.from({ length: count }, (_, index) =>
    Number(view.getBigUint64(WORD_BYTES * (index + 1), true))
  );
  const isSound = offsets.every(
    (offset, index) => offset <= frame.byteLength && offset >= (offsets[index - 1] ?? 0)
  );
  return isSound ? offsets : undefined;
}
