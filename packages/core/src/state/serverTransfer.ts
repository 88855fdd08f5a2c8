/** A transfer that servers do: begun, looked at, called off. It goes on when nobody looks. */
import { RuntimeError } from '../errors.js';
import { request, type IServiceAddress } from '../client/request.js';
import type { IRestoreResult } from './ops.js';
import type { IStateOptions, StateStage } from './progress.js';
import type { ITransferReport, Transport } from './transfer.js';

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
    let lostAt = 0;
    for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 1.5, POLL_MS)) {
      try {
        if (signal?.aborted && !isCalledOff) {
          await this.end(id);
          isCalledOff = true;
        }
        const job = await this._json<IServerTransfer>({ path: `${PATH}/${id}` });
        lostAt = 0;
        if (job.state !== 'running') {
          await this.end(id).catch(() => undefined);
          return reportOf(job);
        }
        onProgress?.({ stage: job.stage, bytes: job.bytes, totalBytes: job.total_bytes });
      } catch (error) {
        const isLost = error instanceof RuntimeError && error.retryable && isOfNetwork(error);
        lostAt ||= performance.now();
        if (!isLost || performance.now() - lostAt > PATIENCE_MS) {
          throw error;
        }
      }
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

  private _json<T>(options: Parameters<typeof request>[1]): Promise<T> {
    return request(this._address, options, async response => (await response.json()) as T);
  }
}

/** Failures of a job are thrown as they are: only those of asking for it have to do with the network. */
class JobError extends RuntimeError {}

const isOfNetwork = (error: RuntimeError): boolean => !(error instanceof JobError);

function reportOf({ error, report }: IServerTransfer): ITransferReport {
  if (error || !report) {
    const { code, message } = RuntimeError.fromWire(
      error ?? { code: 'INTERNAL', message: 'The transfer ended without saying how.' }
    );
    throw new JobError(code, message);
  }
  const { mid_cell: midCell, ...rest } = report;
  return { ...rest, midCell };
}

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
