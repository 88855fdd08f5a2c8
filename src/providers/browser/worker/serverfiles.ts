import type { ServerRequests } from './requests';

/** A file or folder, as our handler on the Jupyter Server tells it. */
export interface IServerStat {
  readonly type: 'file' | 'directory';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly writable: boolean;
}

/** An error of the server with the name of Python's errno. */
export class ServerFileError extends Error {
  constructor(readonly errno: string) {
    super(errno);
  }
}

/** What is known of a path stays true this long, ms: an import asks for the
 *  same folder dozens of times. Network file systems do the same. */
const FRESH_MS = 1000;

/** No file system has longer names: `HTML(<a long text>)` asks whether such a file exists. */
const NAME_LIMIT = 256;

/** Files of the Jupyter Server, synchronously. Paths are relative to its root, '' is the root.
 *  Every method throws ServerFileError. */
export class ServerFiles {
  constructor(
    private readonly _requests: ServerRequests,
    private readonly _now: () => number
  ) {}

  stat(path: string): IServerStat {
    if (path.length - path.lastIndexOf('/') > NAME_LIMIT) {
      throw new ServerFileError('ENAMETOOLONG');
    }
    const known = this._known.get(path);
    if (known && known.until > this._now()) {
      if (!known.stat) {
        throw new ServerFileError('ENOENT');
      }
      return known.stat;
    }
    try {
      const stat = this._stat('GET', `${urlOf(path)}?stat=1`);
      this.remember(path, stat);
      return stat;
    } catch (error) {
      if (error instanceof ServerFileError && error.errno === 'ENOENT') {
        this.remember(path, null);
      }
      throw error;
    }
  }

  /** Names in a folder; their stats are remembered. */
  list(path: string): string[] {
    const listing = parse(this._send('GET', `${urlOf(path)}?list=1`));
    const { entries } = listing as { entries: (IServerStat & { name: string })[] };
    for (const { name, ...stat } of entries) {
      this.remember(path ? `${path}/${name}` : name, stat);
    }
    return entries.map(entry => entry.name);
  }

  read(path: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this._send('GET', urlOf(path)));
  }

  write(path: string, data: Uint8Array<ArrayBuffer>): void {
    this._known.delete(path);
    this.remember(path, parse(this._send('PUT', urlOf(path), data)) as IServerStat);
  }

  makeFolder(path: string): void {
    this._known.delete(path);
    this.remember(path, this._stat('POST', `${urlOf(path)}?mkdir=1`));
  }

  /** Over an existing file, as POSIX has it. */
  rename(from: string, to: string): void {
    this._known.clear();
    this._send('POST', `${urlOf(from)}?rename=${encodeURIComponent(to)}`);
  }

  /** A file, or an empty folder. */
  remove(path: string): void {
    this._known.clear();
    this._send('DELETE', urlOf(path));
  }

  /** @param stat null: there is nothing. */
  remember(path: string, stat: IServerStat | null, freshMs = FRESH_MS): void {
    this._known.set(path, { stat, until: this._now() + freshMs });
  }

  private _stat(method: string, url: string): IServerStat {
    return parse(this._send(method, url)) as IServerStat;
  }

  private _send(
    method: string,
    url: string,
    data: Uint8Array<ArrayBuffer> | null = null
  ): ArrayBuffer {
    const { status, body } = this._requests.send(method, url, data);
    if (status >= 200 && status < 300) {
      return body;
    }
    throw new ServerFileError(errnoOf(status, body));
  }

  private readonly _known = new Map<string, { stat: IServerStat | null; until: number }>();
}

/** What the HTTP status means where the server did not say it itself. */
const ERRNO_OF_STATUS: Readonly<Record<number, string>> = {
  0: 'EHOSTUNREACH',
  401: 'EACCES',
  403: 'EACCES',
  404: 'ENOENT',
  409: 'EEXIST',
  413: 'EFBIG',
  507: 'ENOSPC'
};

function errnoOf(status: number, body: ArrayBuffer): string {
  try {
    const { errno } = parse(body) as { errno?: string };
    if (errno) {
      return errno;
    }
  } catch (error) {
    // A proxy's page, or nothing at all: the status is what there is.
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
  }
  return ERRNO_OF_STATUS[status] ?? 'EIO';
}

function parse(body: ArrayBuffer): unknown {
  return JSON.parse(new TextDecoder().decode(body));
}

function urlOf(path: string): string {
  return `files/${path.split('/').map(encodeURIComponent).join('/')}`;
}
