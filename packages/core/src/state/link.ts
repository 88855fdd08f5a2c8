/** How a kernel is reached: the one port between this folder and page, service and command line. */

export interface IKernelRequest {
  /** `control` is answered while a cell runs, where the kernel has a thread for it. */
  readonly channel: 'shell' | 'control';
  readonly msgType: string;
  /** A thread beside the one that runs cells, where the kernel has them. */
  readonly subshellId?: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Of at most a few MiB together: a Jupyter Server closes the connection at 10 MiB. */
  readonly buffers?: readonly Uint8Array<ArrayBuffer>[];
}

export interface IKernelReply {
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
}

/** A link to one life of a kernel: once that has ended, another link is needed. */
export interface IKernelLink {
  /**
   * Send one message, and wait for its reply, as long as it takes.
   *
   * @throws RuntimeError UNREACHABLE: the connection was lost with the reply outstanding; it may be asked again ·
   *   NOT_RUNNING: the kernel ended or was restarted · CANCELLED
   */
  ask(request: IKernelRequest, options?: { signal?: AbortSignal }): Promise<IKernelReply>;
  dispose(): void;
}
