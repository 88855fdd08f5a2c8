/** Kernel messages in one HTTP body: repeated `uint32 big-endian length` + frame. */
import { RuntimeError } from '../errors.js';

const LENGTH_BYTES = 4;

/** @throws RuntimeError INTERNAL when the body ends within a frame. */
export function splitFrames(body: ArrayBuffer): ArrayBuffer[] {
  const view = new DataView(body);
  const frames: ArrayBuffer[] = [];
  let offset = 0;
  while (offset < body.byteLength) {
    const start = offset + LENGTH_BYTES;
    const end = start <= body.byteLength ? start + view.getUint32(offset) : Infinity;
    if (end > body.byteLength) {
      throw new RuntimeError(
        'INTERNAL',
        'The messages of an execution arrived incomplete: the connection was lost while they were read; try again.'
      );
    }
    // A copy of exact size: the kernel message parser reads whole buffers.
    frames.push(body.slice(start, end));
    offset = end;
  }
  return frames;
}

/** What goes before a frame of `byteLength` bytes. */
export function frameHead(byteLength: number): Uint8Array {
  const head = new Uint8Array(LENGTH_BYTES);
  new DataView(head.buffer).setUint32(0, byteLength);
  return head;
}
