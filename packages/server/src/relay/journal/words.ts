/**
 * What outlives the output around it when a journal drops its oldest messages: replies, questions, and when the kernel
 * was busy or idle. Whoever waits for the end of a cell hears of it, however much the cell printed.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Segment } from './segment.js';

/** One of them. */
export interface IWord {
  /** Its number in the journal. */
  readonly seq: number;
  /** Bytes of all messages before it. */
  readonly bytesBefore: number;
  readonly parentId: string;
  readonly frame: Buffer;
}

/** Upper bound of all of them, bytes; they are in memory as well. */
const MAX_BYTES = 4 * 1024 * 1024;
const FILE = 'words';
const HEAD_BYTES = 8;

export class Words {
  /** @param before Number of the journal's oldest message in a file of its own: what is there is no word yet. */
  constructor(
    private readonly _folder: string,
    before: number
  ) {
    const path = join(_folder, FILE);
    if (existsSync(path)) {
      this._file = Segment.open(path, (_index, { upstreamSeq, parentId, frame }) => {
        if (upstreamSeq < before) {
          const bytesBefore = frame.readDoubleBE(0);
          this._note({
            seq: upstreamSeq,
            bytesBefore,
            parentId,
            frame: frame.subarray(HEAD_BYTES)
          });
        }
      });
    }
  }

  /**
   * Keep words, with higher numbers than those that are there.
   *
   * @returns Those that had to go for them: the oldest.
   * @throws the file system's error: all are then kept in memory alone.
   */
  add(words: readonly IWord[]): IWord[] {
    if (words.length === 0) {
      return [];
    }
    words.forEach(word => this._note(word));
    let most = 0;
    while (this._bytes > MAX_BYTES) {
      this._bytes -= this._words[most].frame.length;
      most += 1;
    }
    const gone = this._words.splice(0, most);
    if (gone.length > 0 || !this._file) {
      this._rewrite();
    } else {
      words.forEach(word => this._write(this._file, word));
    }
    return gone;
  }

  get(seq: number): IWord | undefined {
    const word = this.from(seq);
    return word?.seq === seq ? word : undefined;
  }

  /** The first with this number or a higher one. */
  from(seq: number): IWord | undefined {
    return this._words[this._indexFrom(seq)];
  }

  /** The last with a lower number. */
  before(seq: number): IWord | undefined {
    return this._words[this._indexFrom(seq) - 1];
  }

  close(): void {
    this._file?.close();
    this._file = undefined;
  }

  private _note(word: IWord): void {
    this._words.push(word);
    this._bytes += word.frame.length;
  }

  private _rewrite(): void {
    this.close();
    const path = join(this._folder, FILE);
    rmSync(`${path}.part`, { force: true });
    const file = Segment.create(`${path}.part`, 0, 0);
    try {
      this._words.forEach(word => this._write(file, word));
      renameSync(`${path}.part`, path);
    } catch (error) {
      file.close();
      throw error;
    }
    this._file = file;
  }

  private _write(file: Segment | undefined, { seq, bytesBefore, parentId, frame }: IWord): void {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    head.writeDoubleBE(bytesBefore, 0);
    file?.append({ upstreamSeq: seq, parentId, frame: Buffer.concat([head, frame]) });
  }

  /** Index of the first with this number or a higher one: by bisection. */
  private _indexFrom(seq: number): number {
    let low = 0;
    let high = this._words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this._words[middle].seq < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private readonly _words: IWord[] = [];
  private _bytes = 0;
  private _file: Segment | undefined;
}
