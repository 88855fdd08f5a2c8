/**
 * Kernel messages as `v1.kernel.websocket.jupyter.org` frames: only what routing needs is parsed, never the content.
 *
 * Layout: uint64 LE count of offsets, the offsets (uint64 LE each), then channel, header, parent_header, metadata,
 * content and buffers, each from its offset to the next.
 *
 * @see https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
 */

export interface IHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
}

const WORD_BYTES = 8;
/** channel, header, parent_header, metadata, content, end. */
const MIN_OFFSETS = 6;
const PARTS = {
  channel: 0,
  header: 1,
  parent_header: 2,
  metadata: 3,
  content: 4,
  firstBuffer: 5
} as const;

/** A view of one frame; nothing is copied until it is asked for. */
export class V1Frame {
  /** @throws Error when the frame is not of this format. */
  constructor(readonly bytes: Buffer) {
    const count = bytes.length >= WORD_BYTES ? Number(bytes.readBigUInt64LE(0)) : 0;
    if (count < MIN_OFFSETS || bytes.length < WORD_BYTES * (count + 1)) {
      throw new Error('A kernel message in an unknown format.');
    }
    for (let i = 0; i < count; i++) {
      const offset = Number(bytes.readBigUInt64LE(WORD_BYTES * (i + 1)));
      if (offset > bytes.length || (i > 0 && offset < this._offsets[i - 1])) {
        throw new Error('A kernel message with offsets beyond its end.');
      }
      this._offsets.push(offset);
    }
  }

  get channel(): string {
    return this.part(PARTS.channel).toString('latin1');
  }

  get header(): IHeader {
    return (this._header ??= this._json(PARTS.header) as IHeader);
  }

  /** An empty object's fields are undefined: check before use. */
  get parent(): Partial<IHeader> {
    return (this._parent ??= this._json(PARTS.parent_header) as Partial<IHeader>);
  }

  get metadata(): Record<string, unknown> {
    return this._json(PARTS.metadata) as Record<string, unknown>;
  }

  /** Parses: for small messages alone. */
  get content(): Record<string, unknown> {
    return this._json(PARTS.content) as Record<string, unknown>;
  }

  get jsonParts(): readonly Buffer[] {
    return [PARTS.header, PARTS.parent_header, PARTS.metadata, PARTS.content].map(index =>
      this.part(index)
    );
  }

  get buffers(): readonly Buffer[] {
    const buffers: Buffer[] = [];
    for (let i: number = PARTS.firstBuffer; i < this._offsets.length - 1; i++) {
      buffers.push(this.part(i));
    }
    return buffers;
  }

  part(index: number): Buffer {
    return this.bytes.subarray(this._offsets[index], this._offsets[index + 1]);
  }

  private _json(index: number): unknown {
    const text = this.part(index).toString('utf8');
    return text === '' ? {} : JSON.parse(text);
  }

  private readonly _offsets: number[] = [];
  private _header: IHeader | undefined;
  private _parent: Partial<IHeader> | undefined;
}

/** Build a frame from its parts (`json`: header, parent_header, metadata, content). */
export function encodeV1(
  channel: string,
  json: readonly Buffer[],
  buffers: readonly Buffer[] = []
): Buffer {
  const parts = [Buffer.from(channel, 'latin1'), ...json, ...buffers];
  const count = parts.length + 1;
  const head = Buffer.alloc(WORD_BYTES * (count + 1));
  head.writeBigUInt64LE(BigInt(count), 0);
  let offset = head.length;
  head.writeBigUInt64LE(BigInt(offset), WORD_BYTES);
  parts.forEach((part, i) => {
    offset += part.length;
    head.writeBigUInt64LE(BigInt(offset), WORD_BYTES * (i + 2));
  });
  return Buffer.concat([head, ...parts], offset);
}
