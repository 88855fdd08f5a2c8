/** The runtimes whose files were looked at, so that a reload of the page finds their drives again. */

const KEY = 'jupyterlab-runtimes:files';
/** Of what is kept: the oldest go first. */
const LIMIT = 20;

/** The files of a runtime, as they are remembered. */
export interface IRuntimeFiles {
  /** The runtime's key. */
  readonly key: string;
  readonly name: string;
  /** Whose disk it is: what its place is called. */
  readonly label: string;
  /** What stands before the colon in the files' paths; it stays when the runtime gets another name. */
  readonly drive: string;
  /** Where its Jupyter Server answers, under the base URL of the user's own. */
  readonly path: string;
}

/** Read at once, and not by and by: documents of a drive are opened again before anything else is known. */
export class RememberedFiles {
  /** @param _baseUrl Of the user's Jupyter Server, to which what is kept belongs. */
  constructor(
    private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>,
    private readonly _baseUrl: string
  ) {}

  /** What is kept; a value that is not ours, and a browser that keeps nothing, count as none. */
  list(): readonly IRuntimeFiles[] {
    try {
      const kept: unknown = JSON.parse(this._storage.getItem(this._key) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isRuntimeFiles) : [];
    } catch {
      return [];
    }
  }

  find(key: string): IRuntimeFiles | undefined {
    return this.list().find(files => files.key === key);
  }

  note(files: IRuntimeFiles): void {
    const others = this.list().filter(({ key }) => key !== files.key);
    const kept = [...others, files].slice(-LIMIT);
    try {
      this._storage.setItem(this._key, JSON.stringify(kept));
    } catch {
      // What can't be kept is forgotten with the page, and nothing else.
    }
  }

  private get _key(): string {
    return `${KEY}@${this._baseUrl}`;
  }
}

function isRuntimeFiles(value: unknown): value is IRuntimeFiles {
  const files = (value ?? {}) as Record<string, unknown>;
  return ['key', 'name', 'label', 'drive', 'path'].every(
    field => typeof files[field] === 'string' && files[field] !== ''
  );
}
