import type { ServerFiles } from './serverfiles';

/** A file that is being written is put on the server this often, ms, … */
const SAVE_EVERY_MS = 2000;
/** … while it is at most so big, bytes: a growing log can be followed, and a
 *  big file is not sent again and again. */
const SAVE_WHOLE_BYTES = 4 << 20;

/** The contents of one file while anybody has it open. Read whole when first
 *  needed, written whole on close, fsync, and now and then. */
export class FileContents {
  constructor(
    private readonly _files: ServerFiles,
    public path: string,
    private readonly _now: () => number
  ) {
    this._savedAt = _now();
  }

  /** Streams that have it open. */
  openings = 0;

  get size(): number {
    return this._load().length;
  }

  /** Read now, so that open() fails and not the first read(). */
  prepare(): void {
    this._load();
  }

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    const data = this._load();
    const count = Math.max(0, Math.min(data.length - position, length));
    target.set(data.subarray(position, position + count), offset);
    return count;
  }

  write(source: Uint8Array, offset: number, length: number, position: number): number {
    this._resize(Math.max(this._load().length, position + length));
    this._store.set(source.subarray(offset, offset + length), position);
    this._dirty = true;
    if (this._size <= SAVE_WHOLE_BYTES && this._now() - this._savedAt > SAVE_EVERY_MS) {
      this.save();
    }
    return length;
  }

  truncate(size: number): void {
    if (size > 0) {
      this._load();
    }
    this._loaded = true;
    this._resize(size);
    this._dirty = true;
  }

  /** Put it on the server if it changed. */
  save(): void {
    if (this._dirty) {
      this._files.write(this.path, this._store.slice(0, this._size));
      this._dirty = false;
      this._savedAt = this._now();
    }
  }

  private _load(): Uint8Array {
    if (!this._loaded) {
      this._store = this._files.stat(this.path).size
        ? this._files.read(this.path)
        : new Uint8Array(0);
      this._size = this._store.length;
      this._loaded = true;
    }
    return this._store.subarray(0, this._size);
  }

  /** Room grows by half, so that many small writes don't copy the file each time. */
  private _resize(size: number): void {
    if (size > this._store.length) {
      const bigger = new Uint8Array(Math.max(size, Math.ceil(this._store.length * 1.5)));
      bigger.set(this._store.subarray(0, this._size));
      this._store = bigger;
    } else if (size < this._size) {
      this._store.fill(0, size, this._size);
    }
    this._size = size;
  }

  private _store: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  private _size = 0;
  private _loaded = false;
  private _dirty = false;
  private _savedAt: number;
}
