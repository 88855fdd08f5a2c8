/** A snapshot without some of its variables, made without a kernel: no byte of theirs stays. */
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { RuntimeError } from '../errors.js';
import {
  manifestBytes,
  parseManifest,
  type IChunk,
  type IManifestFile,
  type Manifest
} from './manifest.js';
import type { Sha256 } from './ports.js';

const PartsSchema = Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()]));
const RowSchema = Type.Object({
  name: Type.String(),
  shares: Type.Optional(Type.Array(Type.String())),
  needs: Type.Optional(Type.Array(Type.String())),
  imports: Type.Optional(Type.Array(Type.Array(Type.Unknown()))),
  buffers: Type.Optional(Type.Array(Type.Integer())),
  sources: Type.Optional(Type.Array(Type.String()))
});
const WholeSchema = Type.Object({
  streams: Type.Array(
    Type.Object({ name: Type.String(), length: Type.Integer(), parts: PartsSchema })
  ),
  buffers: Type.Array(Type.Object({ length: Type.Integer(), parts: PartsSchema })),
  graph: Type.Object({
    variables: Type.Array(RowSchema),
    sources: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    random: Type.Optional(
      Type.Union([Type.Object({ buffers: Type.Optional(Type.Array(Type.Integer())) }), Type.Null()])
    )
  })
});
type Row = Static<typeof RowSchema>;
type Parts = Static<typeof PartsSchema>;

export interface ILeaveOutPorts {
  /** A chunk as it is stored; it need not have been verified. */
  readonly read: (chunk: IChunk) => Promise<Uint8Array<ArrayBuffer>>;
  readonly sha256: Sha256;
  readonly now: () => Date;
  /** 16 hexadecimal digits. */
  readonly randomHex: () => string;
}

export interface IReducedSnapshot {
  /** Not signed; with an id of its own. */
  readonly manifest: IManifestFile;
  /** Chunks that the snapshot did not have, by digest. */
  readonly made: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** What is not in it: the names, and those that can't be without them. */
  readonly left: readonly string[];
}

/**
 * @throws RuntimeError SNAPSHOT_CORRUPT | STATE_NOT_CARRIED (a chunk that others share is packed in a way that can't be unpacked here)
 */
export async function leaveOut(
  file: IManifestFile,
  names: readonly string[],
  ports: ILeaveOutPorts
): Promise<IReducedSnapshot> {
  const content: unknown = file.content;
  if (!Value.Check(WholeSchema, content)) {
    const [first] = Value.Errors(WholeSchema, content);
    throw new RuntimeError(
      'SNAPSHOT_CORRUPT',
      `The snapshot's list of contents can't be read (${first.path}: ${first.message}): use another snapshot.`
    );
  }
  const { streams, buffers, graph } = content;
  const { chunks: given } = file.content;
  const left = withDependents(graph.variables, names);
  const rows = graph.variables.filter(({ name }) => !left.has(name));
  const keptBuffers = new Set([
    ...rows.flatMap(row => row.buffers ?? []),
    ...(graph.random?.buffers ?? [])
  ]);
  const isKept = (stream: { name: string }) => !left.has(stream.name);
  const kept = [
    ...streams.filter(isKept),
    ...buffers.filter((_, index) => keptBuffers.has(index))
  ].flatMap(({ parts }) => parts);
  const gone = [
    ...streams.filter(stream => !isKept(stream)),
    ...buffers.filter((_, index) => !keptBuffers.has(index))
  ].flatMap(({ parts }) => parts);
  const chunks = new ReducedChunks(given, ports);
  await chunks.reduce(kept, new Set(gone.map(([index]) => index)));
  const used = new Set(rows.flatMap(({ sources }) => sources ?? []));
  const reduced = {
    ...content,
    id: newId(ports),
    chunks: chunks.list,
    streams: streams.filter(isKept).map(each => ({ ...each, parts: chunks.moved(each.parts) })),
    // Their places are their names.
    buffers: buffers.map((each, index) =>
      keptBuffers.has(index)
        ? { ...each, parts: chunks.moved(each.parts) }
        : { ...each, length: 0, parts: [] }
    ),
    graph: {
      ...graph,
      variables: rows.map(row => ({
        ...row,
        shares: (row.shares ?? []).filter(name => !left.has(name))
      })),
      sources: Object.fromEntries(
        Object.entries(graph.sources ?? {}).filter(([key]) => used.has(key))
      )
    }
  };
  return { manifest: parseManifest(manifestBytes(reduced)), made: chunks.made, left: [...left] };
}

/** What takes objects out of another's stream can't be without that one. */
function withDependents(rows: readonly Row[], names: readonly string[]): Set<string> {
  const left = new Set(names);
  for (let before = -1; before < left.size;) {
    before = left.size;
    for (const { name, needs = [], imports = [] } of rows) {
      const from = [...needs, ...imports.map(([stream]) => stream)];
      if (from.some(each => typeof each === 'string' && left.has(each))) {
        left.add(name);
      }
    }
  }
  return left;
}

/** The chunks of what is kept: those that hold something else besides are made anew, without it. */
class ReducedChunks {
  constructor(
    private readonly _chunks: readonly IChunk[],
    private readonly _ports: ILeaveOutPorts
  ) {}

  readonly list: IChunk[] = [];
  readonly made = new Map<string, Uint8Array<ArrayBuffer>>();

  /** @param mixed Places of chunks that hold something else, too. */
  async reduce(kept: Parts, mixed: ReadonlySet<number>): Promise<void> {
    const ranges = new Map<number, [number, number][]>();
    for (const [index, offset, length] of kept) {
      ranges.set(index, [...(ranges.get(index) ?? []), [offset, offset + length]]);
    }
    for (const [index, chunk] of this._chunks.entries()) {
      const wanted = ranges.get(index);
      if (wanted) {
        const clean = mixed.has(index) ? await this._only(chunk, wanted) : chunk;
        this._places.set(index, this._put(clean));
      }
    }
  }

  moved(parts: Parts): Parts {
    return parts.map(([index, offset, length]) => [
      this._places.get(index) ?? index,
      offset,
      length
    ]);
  }

  private _put(chunk: IChunk): number {
    const at = this.list.findIndex(
      ({ digest, codec }) => digest === chunk.digest && codec === chunk.codec
    );
    return at >= 0 ? at : this.list.push(chunk) - 1;
  }

  private async _only(chunk: IChunk, wanted: readonly [number, number][]): Promise<IChunk> {
    const bytes = await decoded(await this._ports.read(chunk), chunk);
    const rest = new Uint8Array(chunk.length);
    wanted.forEach(([from, to]) => rest.set(bytes.subarray(from, to), from));
    const stored = chunk.codec === 'raw' ? rest : await through(rest, new CompressionStream(ZLIB));
    const digest = await this._ports.sha256(stored);
    this.made.set(digest, stored);
    return { ...chunk, digest, size: stored.length };
  }

  private readonly _places = new Map<number, number>();
}

/** RFC 1950, as the format's `zlib`. */
const ZLIB = 'deflate';
async function decoded(
  stored: Uint8Array<ArrayBuffer>,
  { codec }: IChunk
): Promise<Uint8Array<ArrayBuffer>> {
  if (codec === 'raw') {
    return stored;
  }
  if (codec !== 'zlib') {
    throw new RuntimeError(
      'STATE_NOT_CARRIED',
      `The variables can't be left out here, because they are packed with ${codec} beside others: take a new snapshot without them.`
    );
  }
  return through(stored, new DecompressionStream(ZLIB));
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function newId({ now, randomHex }: ILeaveOutPorts): Manifest['id'] {
  const time = now().toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  return `${time}z-${randomHex()}`;
}
