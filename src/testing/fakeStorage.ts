/** The browser's own file system (OPFS) in memory, with a bound, and its locks. */

class FakeFile {
  constructor(
    private readonly _folder: FakeFolder,
    private _name: string,
    private readonly _disk: IDisk
  ) {}

  content = new Uint8Array(0);

  async getFile(): Promise<{ size: number; arrayBuffer(): Promise<ArrayBuffer> }> {
    const { content } = this;
    return { size: content.length, arrayBuffer: async () => content.slice().buffer };
  }

  /** What is written is there when the stream is closed, and counts before. */
  async createWritable(): Promise<{
    write(bytes: Uint8Array): Promise<void>;
    close(): Promise<void>;
  }> {
    let written = new Uint8Array(0);
    return {
      write: async bytes => {
        if (this._disk.used + bytes.length > this._disk.quota) {
          throw new DOMException('No room', 'QuotaExceededError');
        }
        written = new Uint8Array(bytes);
      },
      close: async () => {
        this._disk.used += written.length - this.content.length;
        this.content = written;
      }
    };
  }

  async move(name: string): Promise<void> {
    this._folder.entries.delete(this._name);
    this._folder.entries.set(name, this);
    this._name = name;
  }
}

interface IDisk {
  used: number;
  quota: number;
}

class FakeFolder {
  constructor(private readonly _disk: IDisk) {}

  readonly entries = new Map<string, FakeFile | FakeFolder>();

  async getDirectoryHandle(name: string, options: { create?: boolean } = {}): Promise<FakeFolder> {
    return this._get(name, FakeFolder, options, () => new FakeFolder(this._disk));
  }

  async getFileHandle(name: string, options: { create?: boolean } = {}): Promise<FakeFile> {
    return this._get(name, FakeFile, options, () => new FakeFile(this, name, this._disk));
  }

  async removeEntry(name: string): Promise<void> {
    const entry = this.entries.get(name);
    if (!this.entries.delete(name)) {
      throw notFound();
    }
    this._disk.used -= entry instanceof FakeFile ? entry.content.length : 0;
  }

  async *keys(): AsyncGenerator<string, void, void> {
    yield* this.entries.keys();
  }

  private _get<T extends FakeFile | FakeFolder>(
    name: string,
    kind: new (...parts: never[]) => T,
    { create = false }: { create?: boolean },
    make: () => T
  ): T {
    const found = this.entries.get(name) ?? (create ? make() : undefined);
    if (!(found instanceof kind)) {
      throw notFound();
    }
    this.entries.set(name, found);
    return found;
  }
}

const notFound = (): DOMException => new DOMException('Not there', 'NotFoundError');

export class FakeStorage {
  private readonly _disk: IDisk = { used: 0, quota: Infinity };
  private readonly _root = new FakeFolder(this._disk);

  /** Bytes that there is room for. */
  set quota(bytes: number) {
    this._disk.quota = bytes;
  }

  get used(): number {
    return this._disk.used;
  }

  async getDirectory(): Promise<FileSystemDirectoryHandle> {
    return this._root as unknown as FileSystemDirectoryHandle;
  }
}

/** Locks as pages share them: as many `shared` ones as wish, or one that is not. */
export class FakeLocks {
  async request(name: string, ...rest: unknown[]): Promise<unknown> {
    const work = rest.at(-1) as (lock: object | null) => unknown;
    const { mode, ifAvailable } = rest[0] as { mode?: string; ifAvailable?: boolean };
    const held = this._held.get(name) ?? 0;
    if (mode !== 'shared' && held > 0) {
      if (!ifAvailable) {
        throw new Error('Nobody waits for a lock here.');
      }
      return work(null);
    }
    this._held.set(name, held + 1);
    try {
      return await work({});
    } finally {
      this._held.set(name, (this._held.get(name) ?? 1) - 1);
    }
  }

  private readonly _held = new Map<string, number>();
}
