/** A kernel that sends what it has written by HTTP itself, so that the bytes do not come through page or message. */

/** Bytes of a file where the kernel runs. */
export interface IFileRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Send a request to the page's own Jupyter Server from where the kernel is, with the kernel's own credentials, and bytes
 * of a file as its body. It waits while a cell computes, as long as that takes.
 *
 * @param init Method, headers and signal.
 * @throws RuntimeError SNAPSHOT_NOT_FOUND: the file has not these bytes | FORBIDDEN: not to that URL | NOT_RUNNING · else
 *   what `fetch` throws
 */
export type SendFile = (url: string, init: RequestInit, file: IFileRange) => Promise<Response>;
