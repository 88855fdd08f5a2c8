/**
 * One file of the journal: a head (magic, number of its first message, bytes of all messages before it), then records.
 *
 * Writing is synchronous: a message is with the operating system before anybody sees it, so that it survives the end of
 * this process. It costs some microseconds, as the page cache takes it.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writevSync
} from 'node:fs';
import { join } from 'node:path';

import { decodeRecord, encodeRecord, isIntact, RECORD_HEAD_BYTES, type IRecord } from './record.js';

const MAGIC = 0x4a524a31; // "JRJ1"
const HEAD_BYTES = 20;

/** Where the segment from a number on is; names sort by number. */
export const segmentPath = (folder: string, firstSeq: number): string =>
  join(folder, `${String(firstSeq).padStart(16, '0')}.journal`);
export const SEGMENT_NAME = /^(\d{16})\.journal$/;

export class Segment {
  /** Begin a new file. */
  static create(path: string, firstSeq: number, bytesBefore: number): Segment {
    const fd = openSync(path, 'wx+', 0o600);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32BE(MAGIC, 0);
    head.writeDoubleBE(firstSeq, 4);
    head.writeDoubleBE(bytesBefore, 12);
    try {
      writeAll(fd, [head], 0);
    } catch (error) {
      closeSync(fd);
      rmSync(path, { force: true });
      throw error;
    }
    return new Segment(path, fd, firstSeq, bytesBefore);
  }

  /**
   * Read a file that is there. What follows the last intact record (a write that was cut off) is taken away.
   *
   * @returns undefined when not even the head is intact.
   */
  static open(path: string, visit: (seq: number, record: IRecord) => void): Segment | undefined {
    const fd = openSync(path, 'r+');
    const head = Buffer.alloc(HEAD_BYTES);
    if (readSync(fd, head, 0, HEAD_BYTES, 0) < HEAD_BYTES || head.readUInt32BE(0) !== MAGIC) {
      closeSync(fd);
      return undefined;
    }
    const segment = new Segment(path, fd, head.readDoubleBE(4), head.readDoubleBE(12));
    segment._scan(visit);
    return segment;
  }

  private constructor(
    readonly path: string,
    private readonly _fd: number,
    readonly firstSeq: number,
    /** Bytes of all messages before this file's. */
    readonly bytesBefore: number
  ) {}

  /** Number of the message after its last one. */
  get endSeq(): number {
    return this.firstSeq + this._offsets.length;
  }

  /** Size of the file, bytes. */
  get size(): number {
    return this._end;
  }

  /** Bytes of its messages. */
  get messageBytes(): number {
    return this._messageBytes;
  }

  /** Bytes of its messages, by the msg_id that they answer. */
  get bytesByParent(): ReadonlyMap<string, number> {
    return this._bytesByParent;
  }

  /** @throws the file system's error; the file is then as it was before. */
  append(record: IRecord): void {
    const parts = encodeRecord(record);
    try {
      writeAll(this._fd, parts, this._end);
    } catch (error) {
      ftruncateSync(this._fd, this._end);
      throw error;
    }
    this._note(record, parts[0].length + parts[1].length);
  }

  read(seq: number): IRecord {
    const index = seq - this.firstSeq;
    const start = this._offsets[index];
    const end = this._offsets[index + 1] ?? this._end;
    const body = Buffer.allocUnsafe(end - start - RECORD_HEAD_BYTES);
    readAll(this._fd, body, start + RECORD_HEAD_BYTES);
    return decodeRecord(body);
  }

  /** All that is in it, from the disk. */
  *records(): Generator<IRecord, void, void> {
    for (let seq = this.firstSeq; seq < this.endSeq; seq++) {
      yield this.read(seq);
    }
  }

  close(): void {
    closeSync(this._fd);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  private _note(record: IRecord, size: number): void {
    this._offsets.push(this._end);
    this._end += size;
    this._messageBytes += record.frame.length;
    if (record.parentId) {
      const before = this._bytesByParent.get(record.parentId) ?? 0;
      this._bytesByParent.set(record.parentId, before + record.frame.length);
    }
  }

  private _scan(visit: (seq: number, record: IRecord) => void): void {
    const { size } = fstatSync(this._fd);
    const head = Buffer.alloc(RECORD_HEAD_BYTES);
    while (this._end + RECORD_HEAD_BYTES <= size) {
      readAll(this._fd, head, this._end);
      const length = head.readUInt32BE(0);
      if (this._end + RECORD_HEAD_BYTES + length > size) {
        break;
      }
      const body = Buffer.allocUnsafe(length);
      readAll(this._fd, body, this._end + RECORD_HEAD_BYTES);
      if (!isIntact(head, body)) {
        break;
      }
      const record = decodeRecord(body);
      visit(this.endSeq, record);
      this._note(record, RECORD_HEAD_BYTES + length);
    }
    if (this._end < size) {
      ftruncateSync(this._fd, this._end);
    }
  }

  private readonly _offsets: number[] = [];
  private readonly _bytesByParent = new Map<string, number>();
  private _end = HEAD_BYTES;
  private _messageBytes = 0;
}

/** Write all parts, also where the system takes them in pieces. */
function writeAll(fd: number, parts: readonly Buffer[], position: number): void {
  let rest = parts.filter(part => part.length > 0);
  let at = position;
  while (rest.length > 0) {
    let written = writevSync(fd, rest, at);
    at += written;
    while (rest.length > 0 && written >= rest[0].length) {
      written -= rest[0].length;
      rest = rest.slice(1);
    }
    if (written > 0) {
      rest = [rest[0].subarray(written), ...rest.slice(1)];
    }
  }
}

function readAll(fd: number, target: Buffer, position: number): void {
  let done = 0;
  while (done < target.length) {
    const read = readSync(fd, target, done, target.length - done, position + done);
    if (read === 0) {
      throw new Error('The journal ends before its index says so.');
    }
    done += read;
  }
}
