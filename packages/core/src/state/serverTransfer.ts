/** A transfer that servers do: begun, looked at, called off. It goes on when nobody looks. */
import { RuntimeError } from '../errors.js';
import { request, type IServiceAddress } from '../client/request.js';
import type { IVerificationState } from '../contract/parcel.js';
import type { IRestoreResult } from './ops.js';
import type { IStateOptions, StateStage } from './progress.js';
import type { ITransferReport, Transport } from './transfer.js';
import { NOTHING_LEFT, verified } from './verification.js';

/** A kernel of the page's Jupyter Server (`service` null), or a runtime of a service. */
export interface IServerPlace {
  readonly name: string;
  readonly service: string | null;
  /** The kernel's or the runtime's. */
  readonly id: string;
}

/** As the Jupyter Server extension has it. */
export interface IServerTransfer {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly stage: StateStage;
  readonly bytes: number;
  readonly total_bytes: number;
  readonly transport: Transport | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly report:
    | (IRestoreResult & {
        readonly bytes: number;
        readonly mid_cell: boolean;
        readonly transport: Transport;
      })
    | null;
  /** Of big arrays, which cells of the target can use meanwhile; null before they are there. */
  readonly verification: IVerificationState | null;
  readonly source: IServerPlace;
  readonly target: IServerPlace;
  /** RFC 3339, UTC. */
  readonly created_at: string;
}

export interface IServerTransferRequest {
  readonly source: IServerPlace;
  readonly target: IServerPlace;
  /** Default: all. */
  readonly names?: readonly string[];
  /** In the middle of a running cell, where that is safe. */
  readonly now?: boolean;
}

const PATH = '/jupyterlab-runtimes/transfers';
const FIRST_POLL_MS = 50;
const POLL_MS = 400;
/** A Jupyter Server that does not answer is asked again for so long, milliseconds. */
const PATIENCE_MS = 60_000;

export class ServerTransfers {
  /** @param _address Of the page's Jupyter Server. */
  constructor(private readonly _address: IServiceAddress) {}

  /** @throws RuntimeError NOT_FOUND: the server has no such part | QUOTA_EXCEEDED | UNREACHABLE */
  begin(body: IServerTransferRequest): Promise<IServerTransfer> {
    return this._json({ method: 'POST', path: PATH, body });
  }

  /** The user's, those that are over and that nobody has seen included. */
  async list(): Promise<readonly IServerTransfer[]> {
    return (await this._json<{ transfers: IServerTransfer[] }>({ path: PATH })).transfers;
  }

  /** Look on until it is over, and take note of how it ended.
   *  @param options.signal Calls it off.
   *  @throws RuntimeError how it failed | CANCELLED | NOT_FOUND: the server was restarted */
  async follow(id: string, { signal, onProgress }: IStateOptions = {}): Promise<ITransferReport> {
    let isCalledOff = false;
    for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 1.5, POLL_MS)) {
      const job = await this._persist(async () => {
        if (signal?.aborted && !isCalledOff) {
          await this.end(id);
          isCalledOff = true;
        }
        return this._look(id);
      }, signal);
      if (job.state !== 'running') {
        const over = verified(async () =>
          verificationOf(await this._persist(() => this._look(id)))
        );
        // It is listed until then: a page that comes later is told, too.
        void over.then(() => this.end(id)).catch(() => undefined);
        return { ...reportOf(job), verified: over };
      }
      onProgress?.({ stage: job.stage, bytes: job.bytes, totalBytes: job.total_bytes });
      await pause(ms, signal);
    }
  }

  /** Call it off; one that is over is not listed any more. */
  async end(id: string): Promise<void> {
    await request(
      this._address,
      { method: 'DELETE', path: `${PATH}/${id}` },
      async () => undefined
    );
  }

  private _look(id: string): Promise<IServerTransfer> {
    return this._json({ path: `${PATH}/${id}` });
  }

  /** Ask again while the network fails, for a while. */
  private async _persist<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const since = performance.now();
    for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 1.5, POLL_MS)) {
      try {
        return await ask();
      } catch (error) {
        const isOfNetwork = error instanceof RuntimeError && error.retryable;
        if (!isOfNetwork || performance.now() - since > PATIENCE_MS) {
          throw error;
        }
      }
      await pause(ms, signal);
    }
  }

  private _json<T>(options: Parameters<typeof request>[1]): Promise<T> {
    return request(this._address, options, async response => (await response.json()) as T);
  }
}

function reportOf({ error, report }: IServerTransfer): Omit<ITransferReport, 'verified'> {
  if (error || !report) {
    throw RuntimeError.fromWire(
      error ?? { code: 'INTERNAL', message: 'The transfer ended without saying how.' }
    );
  }
  const { mid_cell: midCell, ...rest } = report;
  return { ...rest, midCell };
}

/** Of one that has failed there is nothing to verify. */
const verificationOf = ({ verification }: IServerTransfer): IVerificationState =>
  verification ?? NOTHING_LEFT;

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (!signal?.aborted) {
      signal?.addEventListener('abort', end);
    }
  });
}
