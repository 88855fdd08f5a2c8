/** Move chunks from one place to another: a few pieces under way, never more. */
import type { IMissingChunk } from './ops.js';
import { PieceSize } from './pieces.js';
import { moveCancelled } from './moveErrors.js';

export interface IChunkSource {
  /** @returns Exactly the bytes asked for. */
  read(
    digest: string,
    offset: number,
    length: number,
    options: { signal?: AbortSignal }
  ): Promise<Uint8Array<ArrayBuffer>>;
}

export interface IChunkSink {
  /** Called in the order of a chunk's bytes, a few calls at a time. */
  write(
    digest: string,
    offset: number,
    bytes: Uint8Array<ArrayBuffer>,
    options: { signal?: AbortSignal }
  ): Promise<void>;
}

/** Brings pieces of chunks from where they are to where they belong. */
export interface IChunkMover {
  /** A piece has at most so many bytes. Default: what a message takes. */
  readonly maxBytes?: number;
  /** Called in the order of a chunk's bytes, a few calls at a time. */
  move(
    digest: string,
    offset: number,
    length: number,
    options: { signal: AbortSignal }
  ): Promise<void>;
}

export interface IPumpOptions {
  /** Stored bytes by digest. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly signal?: AbortSignal;
  /** So many bytes more have arrived. */
  onBytes(count: number): void;
  readonly now?: () => number;
}

/** Pieces under way at a time, from the request for one until it has arrived. */
const WINDOW = 4;

/** @throws what `mover` throws; nothing is under way any more then. */
export async function pump(
  chunks: readonly IMissingChunk[],
  mover: IChunkMover,
  options: IPumpOptions
): Promise<void> {
  const { sizes, signal, onBytes, now = () => performance.now() } = options;
  const size = new PieceSize(now, mover.maxBytes);
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const move = async (digest: string, offset: number, length: number): Promise<void> => {
    await mover.move(digest, offset, length, { signal: stop });
    if (!stop.aborted) {
      size.observe(length);
      onBytes(length);
    }
  };
  const start = (digest: string, offset: number, length: number): void => {
    const moving = move(digest, offset, length)
      .catch((error: unknown) => {
        failures.push(error);
        failed.abort();
      })
      .finally(() => underWay.delete(moving));
    underWay.add(moving);
  };
  for (const { digest, offset: first } of chunks) {
    const end = sizes.get(digest) ?? 0;
    let offset = first;
    // A chunk without bytes is one piece, too.
    do {
      while (underWay.size >= WINDOW) {
        await Promise.race(underWay);
      }
      if (stop.aborted) {
        break;
      }
      const length = Math.min(size.bytes, end - offset);
      start(digest, offset, length);
      offset += length;
    } while (offset < end);
  }
  await Promise.all(underWay);
  if (signal?.aborted) {
    throw moveCancelled();
  }
  if (failures.length > 0) {
    // The first one; the others follow from it.
    throw failures[0];
  }
}

/** Reads here and writes there; writes begin in the order of their reads. */
export function through(source: IChunkSource, sink: IChunkSink): IChunkMover {
  let turn: Promise<void> = Promise.resolve();
  return {
    move: async (digest, offset, length, options) => {
      const before = turn;
      let next: () => void = () => undefined;
      turn = new Promise(resolve => (next = resolve));
      try {
        const bytes = await source.read(digest, offset, length, options);
        await before;
        if (options.signal.aborted) {
          return;
        }
        const written = sink.write(digest, offset, bytes, options);
        next();
        await written;
      } finally {
        next();
      }
    }
  };
}
