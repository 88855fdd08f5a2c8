/** One kernel, ready to be asked about its state: the Python side is installed when it is first needed. */
import { ERROR_RULES, RuntimeError, type RuntimeErrorCode } from '../errors.js';
import { boot } from './boot.js';
import type { IKernelLink, IKernelReply } from './link.js';
import { STATE_REQUEST, type IStateOps, type StateOp } from './ops.js';
import { kernelEnded, moveCancelled } from './moveErrors.js';
import type { SendFile } from './sendFile.js';
import type { IStateSources } from './sources.js';

export interface IKernelPortOptions {
  readonly link: IKernelLink;
  readonly sources: IStateSources;
  /** How the runtime is called in sentences. */
  readonly name: string;
  /** Where the kernel can send its own files. */
  readonly sendFile?: SendFile;
  /** Whether no other kernel has come in the place of the one that is meant; asked when it has answered for the first
   *  time: of what happens later the link hears itself. */
  readonly isIt?: () => boolean;
}

export interface IRequestOptions {
  readonly buffers?: readonly Uint8Array<ArrayBuffer>[];
  /** `control` does not wait for a running cell. Default: `shell`. */
  readonly channel?: 'shell' | 'control';
  readonly signal?: AbortSignal;
  /** After a lost connection the same is asked again, so often in all. Default: 5. */
  readonly attempts?: number;
}

export interface IStateReply<K extends StateOp> {
  readonly result: IStateOps[K]['result'];
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
}

const ATTEMPTS = 5;
const encoder = new TextEncoder();

export class KernelPort {
  constructor(private readonly _options: IKernelPortOptions) {}

  get name(): string {
    return this._options.name;
  }

  /** undefined where bytes have to be read from the kernel. */
  get sendFile(): SendFile | undefined {
    return this._options.sendFile;
  }

  /** Whether the kernel has been told anything yet. */
  get isInstalled(): boolean {
    return this._isInstalled;
  }

  /**
   * Ask the kernel. Every op can be asked twice, so a lost connection is answered by asking again.
   *
   * @throws RuntimeError with the kernel's own code and sentence, or what `IKernelLink.ask` throws.
   */
  async request<K extends StateOp>(
    op: K,
    args: IStateOps[K]['args'],
    options: IRequestOptions = {}
  ): Promise<IStateReply<K>> {
    await this._installed(options.signal);
    const { content, buffers } = await this._ask(op, args, options);
    return { result: content['result'] as IStateOps[K]['result'], buffers };
  }

  dispose(): void {
    this._options.link.dispose();
  }

  /** Once for each port; again after a failure. */
  private async _installed(signal: AbortSignal | undefined): Promise<void> {
    this._install ??= this._doInstall();
    try {
      await orAborted(this._install, signal);
      this._isInstalled = true;
    } catch (error) {
      if (!signal?.aborted) {
        this._install = undefined;
      }
      throw error;
    }
  }

  private async _doInstall(): Promise<void> {
    const { link, sources, name, isIt = () => true } = this._options;
    await persist(ATTEMPTS, () => boot(link, name, sources.files['kernel/boot.py']));
    const hello = await this._ask('hello', {}, { channel: 'control' });
    if ((hello.content['result'] as { digest: string | null }).digest !== sources.digest) {
      const buffers = [encoder.encode(JSON.stringify(sources.files))];
      await this._ask('install', { digest: sources.digest }, { buffers, channel: 'control' });
    }
    if (!isIt()) {
      throw kernelEnded(name);
    }
  }

  private _ask(op: string, args: object, options: IRequestOptions): Promise<IKernelReply> {
    const { link } = this._options;
    const { buffers, channel = 'shell', signal, attempts = ATTEMPTS } = options;
    return persist(attempts, async () => {
      const request = {
        channel,
        msgType: STATE_REQUEST,
        content: { op, args },
        buffers
      } as const;
      const reply = await link.ask(request, { signal });
      if (reply.content['status'] !== 'ok') {
        throw this._failure(reply.content);
      }
      return reply;
    });
  }

  private _failure({ code, evalue, status }: IKernelReply['content']): RuntimeError {
    const isKnown = typeof code === 'string' && code in ERROR_RULES;
    if (status === 'aborted') {
      return new RuntimeError('UNREACHABLE', `${this.name} did not get to answer: try again.`);
    }
    return isKnown && code !== 'INTERNAL'
      ? new RuntimeError(code as RuntimeErrorCode, String(evalue))
      : new RuntimeError(
          'INTERNAL',
          `The kernel of ${this.name} could not do that (${String(evalue)}): nothing has changed; try fewer variables.`
        );
  }

  private _install: Promise<void> | undefined;
  private _isInstalled = false;
}

async function persist<T>(attempts: number, attempt: () => Promise<T>): Promise<T> {
  for (let left = attempts; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      const isLost = error instanceof RuntimeError && error.code === 'UNREACHABLE';
      if (!isLost || left <= 1) {
        throw error;
      }
    }
  }
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) {
    return promise;
  }
  if (signal.aborted) {
    throw moveCancelled();
  }
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(moveCancelled());
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
