/**
 * Where things are in a `.jrs` file.
 *
 * @see docs/snapshot-format.md, "`.jrs`: one file"
 */
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { RuntimeError } from '../errors.js';
import type { IChunk, Manifest } from './manifest.js';

export const HEAD_BYTES = 64;
export const TRAILER_BYTES = 64;
export const JRS_TYPE = 'application/vnd.jupyterlab-runtimes.snapshot';

const MAGIC = [0x89, 0x4a, 0x52, 0x53, 0x0d, 0x0a, 0x1a, 0x0a];
const END = [...new TextEncoder().encode('JRSEND\r\n')];
const MAJOR = 1;
const MINOR = 0;
const MAPPED_ALIGN = 64 * 1024;
const ALIGN = 64;
const MAPPED_BYTES = 4 * 1024 * 1024;

const BuffersSchema = Type.Object({
  buffers: Type.Array(
    Type.Object({
      length: Type.Integer({ minimum: 0 }),
      parts: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()]))
    })
  )
});

export interface IJrsLayout {
  /** In the order in which they come in the file. */
  readonly chunks: readonly { readonly chunk: IChunk; readonly offset: number }[];
  /** By place in the manifest's list. */
  readonly offsets: readonly number[];
  readonly manifestOffset: number;
  readonly indexOffset: number;
  readonly size: number;
}

/** Chunks of mapped buffers first, each buffer's in one range; then the others. */
export function jrsLayout(manifest: Manifest, manifestBytes: number): IJrsLayout {
  const offsets = new Array<number>(manifest.chunks.length).fill(-1);
  const chunks: { chunk: IChunk; offset: number }[] = [];
  let at = HEAD_BYTES;
  const put = (index: number, align: number): void => {
    const chunk = manifest.chunks.at(index);
    if (chunk && offsets[index] === -1) {
      at = Math.ceil(at / align) * align;
      offsets[index] = at;
      chunks.push({ chunk, offset: at });
      at += chunk.size;
    }
  };
  for (const indices of mappedBuffers(manifest)) {
    indices.forEach((index, i) => put(index, i === 0 ? MAPPED_ALIGN : 1));
  }
  manifest.chunks.forEach((_chunk, index) => put(index, ALIGN));
  const manifestOffset = at;
  const indexOffset = manifestOffset + manifestBytes;
  const size = indexOffset + 8 * manifest.chunks.length + TRAILER_BYTES;
  return { chunks, offsets, manifestOffset, indexOffset, size };
}

/** Of each mapped buffer the chunks, where each of them is in no other buffer before it. */
function mappedBuffers(manifest: Manifest): number[][] {
  if (!Value.Check(BuffersSchema, manifest)) {
    return [];
  }
  const seen = new Set<number>();
  return manifest.buffers.flatMap(({ length, parts }) => {
    const indices = parts.map(([index]) => index);
    const isMapped =
      length >= MAPPED_BYTES &&
      parts.every(
        ([index, offset, bytes]) =>
          offset === 0 && bytes === manifest.chunks.at(index)?.size && !seen.has(index)
      );
    indices.forEach(index => seen.add(index));
    return isMapped ? [indices] : [];
  });
}

export function jrsHead(): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(HEAD_BYTES);
  head.set(MAGIC);
  const view = new DataView(head.buffer);
  view.setUint16(8, MAJOR, true);
  view.setUint16(10, MINOR, true);
  return head;
}

/** Index and trailer. */
export function jrsEnd(layout: IJrsLayout): Uint8Array<ArrayBuffer> {
  const { offsets, manifestOffset, indexOffset, size } = layout;
  const indexBytes = 8 * offsets.length;
  const end = new Uint8Array(indexBytes + TRAILER_BYTES);
  const view = new DataView(end.buffer);
  const numbers = [manifestOffset, indexOffset - manifestOffset, indexOffset, indexBytes, size];
  [...offsets, ...numbers].forEach((value, i) => view.setBigUint64(8 * i, BigInt(value), true));
  end.set(END, end.length - END.length);
  return end;
}

/** What the trailer says: offset and size of each.
 *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION */
export function readEnds(
  head: Uint8Array,
  trailer: Uint8Array,
  size: number
): { readonly manifest: [number, number]; readonly index: [number, number] } {
  if (!MAGIC.every((byte, i) => head[i] === byte)) {
    throw notWhole('it does not begin like one');
  }
  const major = viewOf(head).getUint16(8, true);
  if (major !== MAJOR) {
    throw new RuntimeError(
      'SNAPSHOT_VERSION',
      `The file has version ${major} of the snapshot format, and version ${MAJOR} can be read here: install a newer release of jupyterlab-runtimes.`
    );
  }
  const numbers = [0, 1, 2, 3, 4].map(i => Number(viewOf(trailer).getBigUint64(8 * i, true)));
  const [manifestAt, manifestSize, indexAt, indexSize, whole] = numbers;
  const last = trailer.subarray(TRAILER_BYTES - END.length);
  if (!END.every((byte, i) => last[i] === byte) || whole !== size) {
    throw notWhole('its end is missing');
  }
  const isInside = (at: number, length: number): boolean =>
    at >= HEAD_BYTES && length >= 0 && at + length <= size - TRAILER_BYTES;
  if (!isInside(manifestAt, manifestSize) || !isInside(indexAt, indexSize)) {
    throw notWhole('it points outside of itself');
  }
  return { manifest: [manifestAt, manifestSize], index: [indexAt, indexSize] };
}

/** Of each chunk where it begins, by place in the manifest's list. */
export function readIndex(index: Uint8Array): number[] {
  const view = viewOf(index);
  return Array.from({ length: index.byteLength / 8 }, (_, i) =>
    Number(view.getBigUint64(8 * i, true))
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function notWhole(why: string): RuntimeError {
  return new RuntimeError(
    'SNAPSHOT_CORRUPT',
    `The file is no whole snapshot (${why}): it was cut off or damaged, or is something else. Fetch it again.`
  );
}
