/** What page and worker say to each other: the page speaks Jupyter's messaging protocol to Lab,
 *  the worker knows Python. Calls go through comlink; events are plain messages beside it. */

/** Everything a worker needs to start. */
export interface IWorkerOptions {
  /** Folder of worker.mjs and Pyodide's files; ends with a slash. */
  readonly assetsUrl: string;
  /** `jupyterlab-runtimes/browser/` on the user's Jupyter Server; ends with a slash. */
  readonly serverUrl: string;
  /** Headers for requests to the Jupyter Server: credentials that no cookie carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** The kernel's folder, relative to the server's root; '' for the root. */
  readonly folder: string;
  /** Where packages come from; null for Pyodide's own distribution. */
  readonly packageSource: string | null;
  /** Where the page is cross-origin isolated. */
  readonly shared: ISharedMemory | null;
}

/** Memory that page and worker see alike; a blocked worker is reached through it. */
export interface ISharedMemory {
  /** One byte; 2 makes Python raise KeyboardInterrupt. */
  readonly interrupt: SharedArrayBuffer;
  /** One int32, to be woken by: an interrupt of a sleeping worker. */
  readonly alarm: SharedArrayBuffer;
  /** Two int32: one of INPUT_STATE, and the answer's length in bytes. */
  readonly inputState: SharedArrayBuffer;
  /** The answer, UTF-8. */
  readonly inputText: SharedArrayBuffer;
}

/** How a question to the user stands, in shared memory. */
export const INPUT_STATE = { none: 0, waiting: 1, answered: 2, interrupted: 3 } as const;

/** Signal number of SIGINT, as Python wants it in the interrupt byte. */
export const SIGINT = 2;

/** Bytes that one answer to `input()` can have: as terminals have it, generously. */
export const INPUT_LIMIT_BYTES = 1 << 20;

/** What is true of a kernel that has started. */
export interface IKernelFacts {
  readonly pythonVersion: string;
  readonly ipythonVersion: string;
}

/** A request of Lab, its content still JSON. */
export interface IWorkerRequest {
  readonly msgType: string;
  /** JSON of the header. */
  readonly header: string;
  /** JSON of the content. */
  readonly content: string;
  /** JSON of the metadata. */
  readonly metadata: string;
  readonly buffers: readonly ArrayBuffer[];
}

/** A reply; its buffers are handed over, not copied. */
export interface IWorkerReply {
  /** JSON. */
  readonly content: string;
  readonly buffers: readonly ArrayBuffer[];
}

/** Bytes of a file of Python's on their way to the Jupyter Server. */
export interface IUploadRequest {
  /** Of a part of a parcel, below `jupyterlab-runtimes/` on the Jupyter Server. */
  readonly path: string;
  readonly method: string;
  /** Without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly file: {
    readonly path: string;
    readonly offset: number;
    readonly length: number;
  };
}

/** What the Jupyter Server said, errors too (status 0: it can't be reached); or why it was not asked. */
export type UploadAnswer =
  | { readonly status: number; readonly body: ArrayBuffer }
  | { readonly refused: 'FORBIDDEN' | 'SNAPSHOT_NOT_FOUND' };

/** What the page calls. */
export interface IKernelWorker {
  start(options: IWorkerOptions): Promise<IKernelFacts>;
  /** @returns null for messages that have no reply. */
  handle(request: IWorkerRequest): Promise<IWorkerReply | null>;
  /** Stop a cell that is awaiting something. A cell that computes never gets to hear it. */
  cancel(): Promise<void>;
  setHeaders(headers: Readonly<Record<string, string>>): Promise<void>;
  /** Goes on beside cells that await something. @param id For `stopUpload`. */
  upload(id: number, request: IUploadRequest): Promise<UploadAnswer>;
  stopUpload(id: number): Promise<void>;
}

/** What the worker tells the page without being asked. */
export type WorkerEvent =
  | {
      readonly kind: 'publish';
      readonly msgType: string;
      /** JSON of the request's header. */
      readonly parent: string;
      /** JSON, UTF-8. */
      readonly content: Uint8Array<ArrayBuffer>;
      /** JSON. */
      readonly metadata: string;
      readonly buffers: readonly ArrayBuffer[];
    }
  | {
      readonly kind: 'stream';
      readonly name: string;
      readonly text: string;
      readonly parent: string;
    }
  | {
      readonly kind: 'input';
      readonly prompt: string;
      readonly password: boolean;
      readonly parent: string;
      /** Where the worker asks the server for the answer; null with shared memory. */
      readonly requestId: string | null;
    }
  | { readonly kind: 'progress'; readonly percent: number; readonly message: string }
  | { readonly kind: 'fatal'; readonly reason: string };

/** An event on its way, told apart from comlink's messages. */
export interface IWorkerEnvelope {
  readonly runtimesEvent: WorkerEvent;
}
