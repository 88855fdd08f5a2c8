/** The parts of Emscripten's file system that are used here.
 *  @see https://emscripten.org/docs/api_reference/Filesystem-API.html and libfs.js */

export interface IFSNode {
  id: number;
  name: string;
  mode: number;
  parent: IFSNode;
  mount: { mountpoint: string };
  node_ops: object;
  stream_ops: object;
  name_next?: IFSNode;
  /** Of a file in memory: its bytes, and room behind them. */
  contents?: Uint8Array<ArrayBuffer>;
  usedBytes?: number;
}

export interface IFSStream {
  node: IFSNode;
  flags: number;
  position: number;
  shared: { refcount?: number };
}

export interface IEmscriptenFS {
  ErrnoError: new (errno: number) => Error & { errno: number };
  createNode(parent: IFSNode | null, name: string, mode: number, dev: number): IFSNode;
  hashName(parentId: number, name: string): number;
  hashRemoveNode(node: IFSNode): void;
  nameTable: (IFSNode | undefined)[];
  /** @throws ErrnoError */
  lookupPath(path: string): { node: IFSNode };
  mkdirTree(path: string): void;
  mount(type: object, options: object, mountpoint: string): void;
  chdir(path: string): void;
  writeFile(path: string, data: Uint8Array, options?: { canOwn?: boolean }): void;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
}
