/**
 * What outlives the output around it when a journal drops its oldest messages: replies, questions, and when the kernel
 * was busy or idle. Whoever waits for the end of a cell hears of it, however much the cell printed.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Segment } from './segment.js';

/** One of them. */
export interface IMilestone {
  /** Its number in the journal. */
  readonly seq: number;
  /** Bytes of all messages before it. */
  readonly bytesBefore: number;
  readonly parentId: string;
  readonly frame: Buffer;
}

/** Upper bound of all of them, bytes; they are in memory as well. */
const MAX_BYTES = 4 * 1024 * 1024;
const FILE = 'milestones';
const HEAD_BYTES = 8;

export class Milestones {
  /** @param before Number of the journal's oldest message in a file of its own: what is there is no milestone yet. */
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
   * Keep milestones, with higher numbers than those that are there.
   *
   * @returns Those that had to go for them: the oldest.
   * @throws the file system's error: all are then kept in memory alone.
   */
  add(milestones: readonly IMilestone[]): IMilestone[] {
    if (milestones.length === 0) {
      return [];
    }
    milestones.forEach(milestone => this._note(milestone));
    let most = 0;
    while (this._bytes > MAX_BYTES) {
      this._bytes -= this._milestones[most].frame.length;
      most += 1;
    }
    const gone = this._milestones.splice(0, most);
    if (gone.length > 0 || !this._file) {
      this._rewrite();
    } else {
      milestones.forEach(milestone => this._write(this._file, milestone));
    }
    return gone;
  }

  get(seq: number): IMilestone | undefined {
    const milestone = this.from(seq);
    return milestone?.seq === seq ? milestone : undefined;
  }

  /** The first with this number or a higher one. */
  from(seq: number): IMilestone | undefined {
    return this._milestones[this._indexFrom(seq)];
  }

  /** The last with a lower number. */
  before(seq: number): IMilestone | undefined {
    return this._milestones[this._indexFrom(seq) - 1];
  }

  close(): void {
    this._file?.close();
    this._file = undefined;
  }

  private _note(milestone: IMilestone): void {
    this._milestones.push(milestone);
    this._bytes += milestone.frame.length;
  }

  private _rewrite(): void {
    this.close();
    const path = join(this._folder, FILE);
    rmSync(`${path}.part`, { force: true });
    const file = Segment.create(`${path}.part`, 0, 0);
    try {
      this._milestones.forEach(milestone => this._write(file, milestone));
      renameSync(`${path}.part`, path);
    } catch (error) {
      file.close();
      throw error;
    }
    this._file = file;
  }

  private _write(
    file: Segment | undefined,
    { seq, bytesBefore, parentId, frame }: IMilestone
  ): void {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    head.writeDoubleBE(bytesBefore, 0);
    file?.append({ upstreamSeq: seq, parentId, frame: Buffer.concat([head, frame]) });
  }

  /** Index of the first with this number or a higher one: by bisection. */
  private _indexFrom(seq: number): number {
    let low = 0;
    let high = this._milestones.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this._milestones[middle].seq < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private readonly _milestones: IMilestone[] = [];
  private _bytes = 0;
  private _file: Segment | undefined;
}
