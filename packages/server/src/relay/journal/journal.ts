/**
 * What a runtime's kernel said: numbered, on disk, bounded; the oldest output goes first, and it is known how much went.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Segment, SEGMENT_NAME, segmentPath } from './segment.js';
import type { IRecord } from './record.js';
import { Milestones, type IMilestone } from './milestones.js';

export interface IJournalOptions {
  /** Upper bound of all its files, bytes. Default 256 MiB. */
  readonly maxBytes?: number;
  /** A file that is larger gets a successor, bytes. Default 8 MiB. */
  readonly segmentBytes?: number;
  /** Recent messages kept in memory as well, bytes. Default 16 MiB. */
  readonly memoryBytes?: number;
  /** Whether a message outlives the output around it. Default: none does. */
  readonly isMilestone?: (frame: Buffer) => boolean;
  /** Called with bytes by parent msg_id when messages are dropped. */
  readonly onDropped?: (bytesByParent: ReadonlyMap<string, number>) => void;
  /** Called for each message that is there when the journal is opened. */
  readonly onFound?: (seq: number, record: IRecord) => void;
}

/** A message, or how many are missing before the next one that is there. */
export type JournalEntry =
  | {
      readonly kind: 'message';
      readonly seq: number;
      readonly frame: Buffer;
      readonly parentId: string;
    }
  | { readonly kind: 'cut'; readonly count: number; readonly bytes: number; readonly next: number };

const MIB = 1024 * 1024;
/** Holds the number of the first message of the Jupyter Server that is there now. */
const UPSTREAM = 'upstream';

export class Journal {
  /** Open (or begin) the journal of a folder; a last message that was written in part is passed over. */
  constructor(
    private readonly _folder: string,
    private readonly _options: IJournalOptions = {}
  ) {
    mkdirSync(_folder, { recursive: true, mode: 0o700 });
    this.epoch = readEpoch(join(_folder, 'epoch'));
    const upstreamFrom = readUpstreamFrom(join(_folder, UPSTREAM));
    const names = readdirSync(_folder)
      .filter(name => SEGMENT_NAME.test(name))
      .sort();
    for (const name of names) {
      const path = join(_folder, name);
      const segment = Segment.open(path, (seq, record) => {
        if (seq >= upstreamFrom) {
          this._upstreamSeq = record.upstreamSeq;
        }
        _options.onFound?.(seq, record);
      });
      if (!segment) {
        rmSync(path, { force: true });
        continue;
      }
      this._segments.push(segment);
      this._next = segment.endSeq;
      this._bytes = segment.bytesBefore + segment.messageBytes;
    }
    this._milestones = new Milestones(_folder, this.first);
  }

  /** Names this journal: a client's place in another one means nothing here. */
  readonly epoch: string;

  /** Number of the next message. */
  get next(): number {
    return this._next;
  }

  /** Number of the oldest message that is kept with all that follow. */
  get first(): number {
    return this._segments[0]?.firstSeq ?? this._next;
  }

  /** The last number of the runtime's Jupyter Server that is on disk; -1 for none. */
  get upstreamSeq(): number {
    return this._upstreamSeq;
  }

  /** What comes from now on is of another Jupyter Server, which numbers from the beginning. */
  beginUpstream(): void {
    const path = join(this._folder, UPSTREAM);
    writeFileSync(`${path}.part`, String(this._next), { mode: 0o600 });
    renameSync(`${path}.part`, path);
    this._upstreamSeq = -1;
  }

  /**
   * Keep a message.
   *
   * @returns Its number.
   * @throws the file system's error (a full disk): the message has its number, and is kept in memory alone.
   */
  append(record: IRecord): number {
    const seq = this._next;
    this._next += 1;
    this._bytes += record.frame.length;
    this._remember(seq, record);
    try {
      this._segmentFor(seq, record.frame.length).append(record);
    } catch (error) {
      // The file has a gap here: what follows goes into a new one.
      this._isBroken = true;
      this._options.onDropped?.(
        new Map(record.parentId ? [[record.parentId, record.frame.length]] : [])
      );
      throw error;
    } finally {
      this._upstreamSeq = record.upstreamSeq;
    }
    this._bound();
    return seq;
  }

  /** Count messages that were lost on the way here.
   *  @throws the file system's error: the gap is then known to this process alone. */
  skip(count: number, bytes: number): void {
    this._next += count;
    this._bytes += bytes;
    this._isBroken = true;
    // A file of its own, so that the numbers go on from here also after a restart.
    this._segmentFor(this._next, 0);
  }

  /** The entry at `seq`; undefined when that is still to come. */
  read(seq: number): JournalEntry | undefined {
    if (seq >= this._next) {
      return undefined;
    }
    const recent = this._recent[seq - this._recentFirst];
    if (recent && seq >= this._recentFirst) {
      return { kind: 'message', seq, frame: recent.frame, parentId: recent.parentId };
    }
    const index = this._segments.findIndex(segment => seq < segment.endSeq);
    const segment = this._segments[index];
    if (segment && seq >= segment.firstSeq) {
      const { frame, parentId } = segment.read(seq);
      return { kind: 'message', seq, frame, parentId };
    }
    const milestone = this._milestones.get(seq);
    return milestone
      ? { kind: 'message', seq, frame: milestone.frame, parentId: milestone.parentId }
      : this._cutFrom(seq, segment);
  }

  /** Messages that answer one request, from `from` up to, not including, `before`. */
  *messagesOf(parentId: string, from: number, before = this._next): Generator<Buffer, void, void> {
    let seq = Math.max(from, 0);
    while (seq < Math.min(before, this._next)) {
      const segment = this._segments.find(
        candidate => seq >= candidate.firstSeq && seq < candidate.endSeq
      );
      if (
        segment &&
        !segment.bytesByParent.has(parentId) &&
        !this._recent[seq - this._recentFirst]
      ) {
        seq = segment.endSeq;
        continue;
      }
      const entry = this.read(seq);
      if (!entry) {
        return;
      }
      if (entry.kind === 'message' && entry.parentId === parentId) {
        yield entry.frame;
      }
      seq = entry.kind === 'cut' ? entry.next : seq + 1;
    }
  }

  close(): void {
    this._segments.forEach(segment => segment.close());
    this._segments = [];
    this._milestones.close();
  }

  /** Close, and take away its files. */
  remove(): void {
    this.close();
    rmSync(this._folder, { recursive: true, force: true });
  }

  private _segmentFor(seq: number, size: number): Segment {
    const last = this._segments.at(-1);
    const limit = this._options.segmentBytes ?? 8 * MIB;
    if (
      last &&
      !this._isBroken &&
      last.endSeq === seq &&
      (last.size + size <= limit || last.endSeq === last.firstSeq)
    ) {
      return last;
    }
    const segment = Segment.create(segmentPath(this._folder, seq), seq, this._bytes - size);
    this._segments.push(segment);
    this._isBroken = false;
    return segment;
  }

  private _bound(): void {
    const max = this._options.maxBytes ?? 256 * MIB;
    let size = this._segments.reduce((sum, segment) => sum + segment.size, 0);
    while (size > max && this._segments.length > 1) {
      const [oldest] = this._segments.splice(0, 1);
      size -= oldest.size;
      this._drop(oldest);
    }
  }

  /** @throws the file system's error: what outlives the file is then kept in memory alone. */
  private _drop(segment: Segment): void {
    const milestones = [...this._milestonesOf(segment)];
    this._gone.push({ seq: segment.firstSeq, bytes: segment.bytesBefore });
    const dropped = new Map(segment.bytesByParent);
    const count = ({ parentId, frame }: IMilestone, sign: number) => {
      if (parentId) {
        dropped.set(parentId, (dropped.get(parentId) ?? 0) + sign * frame.length);
      }
    };
    milestones.forEach(milestone => count(milestone, -1));
    try {
      this._milestones.add(milestones).forEach(milestone => count(milestone, 1));
    } finally {
      this._options.onDropped?.(dropped);
      segment.remove();
    }
  }

  private *_milestonesOf(segment: Segment): Generator<IMilestone, void, void> {
    let seq = segment.firstSeq;
    let { bytesBefore } = segment;
    for (const { parentId, frame } of segment.records()) {
      if (this._options.isMilestone?.(frame)) {
        yield { seq, bytesBefore, parentId, frame };
      }
      seq += 1;
      bytesBefore += frame.length;
    }
  }

  /** From `seq` on nothing is there until a milestone, `segment`, the recent messages, or the end. */
  private _cutFrom(seq: number, segment: Segment | undefined): JournalEntry {
    const inMemory =
      this._recentFirst > seq && this._recent.length > 0 ? this._recentFirst : Infinity;
    const onDisk = segment?.firstSeq ?? Infinity;
    const milestone = this._milestones.from(seq);
    const next = Math.min(inMemory, onDisk, milestone?.seq ?? Infinity, this._next);
    const until =
      next === milestone?.seq
        ? milestone.bytesBefore
        : next === onDisk && segment
          ? segment.bytesBefore
          : this._bytes;
    return {
      kind: 'cut',
      count: next - seq,
      bytes: Math.max(0, until - this._bytesUntil(seq)),
      next
    };
  }

  /** Bytes of all messages before `seq`, which is not there any more: as near as it is known, and never more. */
  private _bytesUntil(seq: number): number {
    const milestone = this._milestones.before(seq);
    const known = this._segments.filter(candidate => candidate.endSeq <= seq).at(-1);
    const gone = this._gone.filter(candidate => candidate.seq <= seq).at(-1);
    return Math.max(
      milestone ? milestone.bytesBefore + milestone.frame.length : 0,
      known ? known.bytesBefore + known.messageBytes : 0,
      gone?.bytes ?? 0
    );
  }

  private _remember(seq: number, record: IRecord): void {
    if (this._recentFirst + this._recent.length !== seq) {
      this._recent = [];
      this._recentBytes = 0;
      this._recentFirst = seq;
    }
    this._recent.push(record);
    this._recentBytes += record.frame.length;
    const max = this._options.memoryBytes ?? 16 * MIB;
    if (this._recentBytes > 2 * max) {
      let drop = 0;
      while (this._recentBytes > max && drop < this._recent.length - 1) {
        this._recentBytes -= this._recent[drop].frame.length;
        drop += 1;
      }
      this._recent = this._recent.slice(drop);
      this._recentFirst += drop;
    }
  }

  private _segments: Segment[] = [];
  private readonly _milestones: Milestones;
  /** Where dropped files began. */
  private readonly _gone: { readonly seq: number; readonly bytes: number }[] = [];
  private _next = 0;
  private _bytes = 0;
  private _upstreamSeq = -1;
  private _isBroken = false;
  private _recent: IRecord[] = [];
  private _recentFirst = 0;
  private _recentBytes = 0;
}

function readEpoch(path: string): string {
  try {
    const epoch = readFileSync(path, 'utf8').trim();
    if (epoch) {
      return epoch;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  const epoch = randomUUID();
  writeFileSync(path, epoch, { mode: 0o600 });
  return epoch;
}

/** 0 where there was only one Jupyter Server. */
function readUpstreamFrom(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
    return 0;
  }
}
