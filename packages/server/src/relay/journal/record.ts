/**
 * How the journal writes one kernel message:
 *
 *     uint32 BE  bytes that follow this word and the next
 *     uint32 BE  CRC-32 of what follows
 *     float64 BE number that the runtime's Jupyter Server gave the message (an integer)
 *     uint16 BE  length of the parent's msg_id, then its UTF-8 bytes
 *     …          the v1 frame
 */
import { crc32 } from 'node:zlib';

export const RECORD_HEAD_BYTES = 8;
const FIXED_BYTES = 10;

/** What is kept of one message. */
export interface IRecord {
  readonly upstreamSeq: number;
  /** The msg_id of the request it answers; '' for none. */
  readonly parentId: string;
  readonly frame: Buffer;
}

/** The record's bytes: what goes before the frame, and the frame as it is. */
export function encodeRecord({ upstreamSeq, parentId, frame }: IRecord): [Buffer, Buffer] {
  const parent = Buffer.from(parentId, 'utf8');
  const head = Buffer.allocUnsafe(RECORD_HEAD_BYTES + FIXED_BYTES + parent.length);
  head.writeUInt32BE(FIXED_BYTES + parent.length + frame.length, 0);
  head.writeDoubleBE(upstreamSeq, RECORD_HEAD_BYTES);
  head.writeUInt16BE(parent.length, RECORD_HEAD_BYTES + 8);
  parent.copy(head, RECORD_HEAD_BYTES + FIXED_BYTES);
  head.writeUInt32BE(crc32(frame, crc32(head.subarray(RECORD_HEAD_BYTES))), 4);
  return [head, frame];
}

/** @param body What follows the two words. */
export function decodeRecord(body: Buffer): IRecord {
  const parentEnd = FIXED_BYTES + body.readUInt16BE(8);
  return {
    upstreamSeq: body.readDoubleBE(0),
    parentId: body.toString('utf8', FIXED_BYTES, parentEnd),
    frame: body.subarray(parentEnd)
  };
}

/** Whether the body is as it was written. */
export function isIntact(head: Buffer, body: Buffer): boolean {
  return body.length >= FIXED_BYTES && crc32(body) === head.readUInt32BE(4);
}
