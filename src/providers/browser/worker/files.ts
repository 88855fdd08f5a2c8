import type { PyodideInterface } from 'pyodide';

import type { IEmscriptenFS, IFSNode, IFSStream } from './emscripten';
import { FileContents } from './filecontents';
import type { ServerRequests } from './requests';
import type { IServerStat } from './serverfiles';
import { ServerFileError, ServerFiles } from './serverfiles';

const FOLDER_MODE = 0o040777;
const FILE_MODE = 0o100666;
const WRITE_BITS = 0o222;
const BLOCK_BYTES = 4096;
/** A folder that Lab has a document in is there; it need not be asked for at start. */
const EXPECTED_MS = 30_000;

/** The attributes that can be set; the rest (times, modes) the server has no way to keep. */
interface IAttributes {
  size?: number;
  mode?: number;
}

/** The files of the Jupyter Server as a file system type for Emscripten. Nothing is
 *  asked before a path is used. @see Emscripten's libmemfs.js for the shape. */
export class ServerFileSystem {
  constructor(pyodide: PyodideInterface, requests: ServerRequests) {
    this._FS = pyodide.FS as IEmscriptenFS;
    this._codes = pyodide.ERRNO_CODES;
    this._files = new ServerFiles(requests, () => performance.now());
  }

  /** Called by FS.mount. */
  mount(): IFSNode {
    return this._createNode(null, '/', FOLDER_MODE);
  }

  /** Take a folder and those above it for granted, for a while. */
  expectFolder(folder: string): void {
    const stat: IServerStat = { type: 'directory', size: 0, mtime: Date.now(), writable: true };
    const parts = folder.split('/').filter(Boolean);
    for (let count = 0; count <= parts.length; count++) {
      this._files.remember(parts.slice(0, count).join('/'), stat, EXPECTED_MS);
    }
  }

  private readonly _nodeOps = {
    getattr: (node: IFSNode) => this._try(() => this._describe(node)),
    setattr: (node: IFSNode, attributes: IAttributes) =>
      this._try(() => {
        if (attributes.size !== undefined) {
          this._truncate(node, attributes.size);
        }
      }),
    lookup: (parent: IFSNode, name: string) =>
      this._try(() =>
        this._createNode(parent, name, modeOf(this._files.stat(pathOf(parent, name))))
      ),
    mknod: (parent: IFSNode, name: string, mode: number) =>
      this._try(() => {
        const path = pathOf(parent, name);
        if (this._FS.isDir(mode)) {
          this._files.makeFolder(path);
        } else {
          this._files.write(path, new Uint8Array(0));
        }
        return this._createNode(parent, name, this._FS.isDir(mode) ? FOLDER_MODE : FILE_MODE);
      }),
    rename: (node: IFSNode, folder: IFSNode, name: string) =>
      this._try(() => {
        const target = pathOf(folder, name);
        this._files.rename(pathOf(node), target);
        this._forget(folder, name);
        node.name = name;
        const contents = this._contents.get(node);
        if (contents) {
          contents.path = target;
        }
      }),
    unlink: (parent: IFSNode, name: string) =>
      this._try(() => this._files.remove(pathOf(parent, name))),
    rmdir: (parent: IFSNode, name: string) =>
      this._try(() => {
        const path = pathOf(parent, name);
        if (this._files.list(path).length > 0) {
          throw new ServerFileError('ENOTEMPTY');
        }
        this._files.remove(path);
      }),
    readdir: (node: IFSNode) => this._try(() => ['.', '..', ...this._files.list(pathOf(node))]),
    symlink: () => this._refuse('EPERM'),
    readlink: () => this._refuse('EINVAL')
  };

  private readonly _streamOps = {
    open: (stream: IFSStream) =>
      this._try(() => {
        if (this._FS.isFile(stream.node.mode)) {
          const contents = this._open(stream.node);
          contents.prepare();
          contents.openings++;
        }
      }),
    dup: (stream: IFSStream) => {
      const contents = this._contents.get(stream.node);
      if (contents) {
        contents.openings++;
      }
    },
    close: (stream: IFSStream) =>
      this._try(() => {
        const contents = this._contents.get(stream.node);
        if (contents) {
          if (--contents.openings <= 0) {
            this._contents.delete(stream.node);
          }
          contents.save();
        }
      }),
    fsync: (stream: IFSStream) =>
      this._try(() => {
        this._contents.get(stream.node)?.save();
        return 0;
      }),
    read: (
      stream: IFSStream,
      buffer: Uint8Array,
      offset: number,
      length: number,
      position: number
    ) => this._try(() => this._open(stream.node).read(buffer, offset, length, position)),
    write: (
      stream: IFSStream,
      buffer: Uint8Array,
      offset: number,
      length: number,
      position: number
    ) => this._try(() => this._open(stream.node).write(buffer, offset, length, position)),
    llseek: (stream: IFSStream, offset: number, whence: number) =>
      this._try(() => {
        const from =
          [0, stream.position, whence === 2 ? this._open(stream.node).size : 0][whence] ?? 0;
        if (from + offset < 0) {
          throw new ServerFileError('EINVAL');
        }
        return from + offset;
      })
  };

  private _createNode(parent: IFSNode | null, name: string, mode: number): IFSNode {
    const node = this._FS.createNode(parent, name, mode, 0);
    node.node_ops = this._nodeOps;
    node.stream_ops = this._streamOps;
    return node;
  }

  /** Take a node out whose file is another one now. */
  private _forget(parent: IFSNode, name: string): void {
    for (const node of this._contents.keys()) {
      if (node.parent === parent && node.name === name) {
        this._contents.delete(node);
      }
    }
    const old = this._FS.nameTable?.[this._FS.hashName(parent.id, name)];
    for (let node = old; node; node = node.name_next) {
      if (node.parent === parent && node.name === name) {
        this._FS.hashRemoveNode(node);
        return;
      }
    }
  }

  private _open(node: IFSNode): FileContents {
    let contents = this._contents.get(node);
    if (!contents) {
      contents = new FileContents(this._files, pathOf(node), () => performance.now());
      this._contents.set(node, contents);
    }
    return contents;
  }

  private _truncate(node: IFSNode, size: number): void {
    const contents = this._open(node);
    contents.truncate(size);
    if (contents.openings === 0) {
      this._contents.delete(node);
      contents.save();
    }
  }

  private _describe(node: IFSNode): object {
    const stat = this._files.stat(pathOf(node));
    node.mode = modeOf(stat);
    const size = this._contents.get(node)?.size ?? stat.size;
    const time = new Date(stat.mtime);
    return {
      ...{ dev: 1, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size },
      ...{ atime: time, mtime: time, ctime: time },
      ...{ blksize: BLOCK_BYTES, blocks: Math.ceil(size / BLOCK_BYTES) }
    };
  }

  private _refuse(errno: string): never {
    throw this._error(errno);
  }

  private _error(errno: string): Error {
    const { EIO } = this._codes;
    return new this._FS.ErrnoError(this._codes[errno] ?? EIO);
  }

  /** Errors as Emscripten hands them on to Python. */
  private _try<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof ServerFileError) {
        throw this._error(error.errno);
      }
      throw error;
    }
  }

  private readonly _FS: IEmscriptenFS;
  private readonly _codes: Record<string, number>;
  private readonly _files: ServerFiles;
  private readonly _contents = new Map<IFSNode, FileContents>();
}

function modeOf(stat: IServerStat): number {
  const mode = stat.type === 'directory' ? FOLDER_MODE : FILE_MODE;
  return stat.writable ? mode : mode & ~WRITE_BITS;
}

/** Relative to the server's root. */
function pathOf(node: IFSNode, name?: string): string {
  const parts = name === undefined ? [] : [name];
  for (let at = node; at.parent !== at; at = at.parent) {
    parts.unshift(at.name);
  }
  return parts.join('/');
}
