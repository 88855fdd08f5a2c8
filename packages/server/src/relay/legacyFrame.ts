/**
 * Jupyter's default wire format (JSON text, or JSON and buffers in one binary blob), for clients that don't speak v1.
 *
 * @see jupyter_server/services/kernels/connection/base.py, serialize_binary_message
 */
import type { V1Frame } from './v1Frame.js';
import { encodeV1 } from './v1Frame.js';

/** @returns Text when the message has no buffers, else bytes. */
export function toLegacy(frame: V1Frame): string | Buffer {
  const [header, parent, metadata, content] = frame.jsonParts.map(
    part => part.toString('utf8') || '{}'
  );
  const buffers = frame.buffers;
  const tail = `"header":${header},"parent_header":${parent},"metadata":${metadata},"content":${content}`;
  const ids = `"msg_id":${JSON.stringify(frame.header.msg_id)},"msg_type":${JSON.stringify(frame.header.msg_type)}`;
  const json = `{"channel":${JSON.stringify(frame.channel)},${ids},${tail},"buffers":[]}`;
  if (buffers.length === 0) {
    return json;
  }
  const parts = [Buffer.from(json, 'utf8'), ...buffers];
  const head = Buffer.alloc(4 * (parts.length + 1));
  head.writeUInt32BE(parts.length, 0);
  let offset = head.length;
  parts.forEach((part, i) => {
    head.writeUInt32BE(offset, 4 * (i + 1));
    offset += part.length;
  });
  return Buffer.concat([head, ...parts]);
}

/** @throws Error when the message is not of this format. */
export function fromLegacy(data: Buffer, isBinary: boolean): Buffer {
  const parts = isBinary ? splitBinary(data) : [data];
  const message = JSON.parse(parts[0].toString('utf8')) as Record<string, unknown>;
  const json = ['header', 'parent_header', 'metadata', 'content'].map(name =>
    Buffer.from(JSON.stringify(message[name] ?? {}), 'utf8')
  );
  const channel = typeof message['channel'] === 'string' ? message['channel'] : 'shell';
  return encodeV1(channel, json, parts.slice(1));
}

function splitBinary(data: Buffer): Buffer[] {
  const count = data.readUInt32BE(0);
  const offsets = Array.from({ length: count }, (_, i) => data.readUInt32BE(4 * (i + 1)));
  if (count < 1 || offsets.some(offset => offset > data.length)) {
    throw new Error('A kernel message in an unknown format.');
  }
  return offsets.map((offset, i) => data.subarray(offset, offsets[i + 1] ?? data.length));
}
