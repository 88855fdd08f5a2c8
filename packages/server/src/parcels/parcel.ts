/** One state in transit: filled from a kernel or over the network, and restored into a kernel perhaps. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  RuntimeError,
  totalBytes,
  verificationState,
  type IParcel,
  type IStateProgress,
  type IVerification,
  type Manifest
} from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { digest } from '../identity/authorizer.js';
import { ParcelFolder } from './parcelFolder.js';

export class Parcel {
  /** @param folder Made here, for this user alone, and removed with the parcel. */
  constructor(
    readonly id: string,
    readonly owner: string,
    readonly folder: string,
    state: 'capturing' | 'receiving',
    private readonly _steadyNow: () => number
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'mark'), this._mark, { mode: 0o600 });
    this._state = state;
    this._touchedAt = _steadyNow();
  }

  /** Aborted when the parcel is taken away. */
  readonly ending = new AbortController();

  get resource(): IParcel {
    return {
      id: this.id,
      state: this._state,
      bytes: this._progress.bytes,
      total_bytes: this._progress.totalBytes,
      error: this._error && { code: this._error.code, message: this._error.message },
      captured: this._captured,
      report: this._report,
      verification: this._verification,
      folder: this.folder,
      mark: this._mark
    };
  }

  /** @throws RuntimeError CONFLICT while there is none. */
  get content(): {
    readonly manifest: Manifest;
    readonly bytes: Buffer;
    readonly chunks: ParcelFolder;
  } {
    if (!this._content) {
      throw new RuntimeError(
        'CONFLICT',
        'This parcel has no manifest yet: wait until it is ready, or send one.'
      );
    }
    return this._content;
  }

  get hasContent(): boolean {
    return this._content !== undefined;
  }

  /** Somebody asked for it. */
  touch(): void {
    this._touchedAt = this._steadyNow();
  }

  /** Nobody has asked for so long, milliseconds. */
  get idleMs(): number {
    return this._steadyNow() - this._touchedAt;
  }

  /** From now on it is known what belongs here. */
  setContent(manifest: Manifest, bytes: Buffer): void {
    const chunks = new ParcelFolder(this.folder, manifest.chunks);
    this._content = { manifest, bytes, chunks };
    this._progress = { stage: 'move', bytes: 0, totalBytes: totalBytes(manifest) };
  }

  setReady(captured: IParcel['captured'] = null): void {
    this._captured = captured;
    this._state = 'ready';
  }

  /** Make a token for its bytes alone; the one before is none any more. */
  issueTicket(): string {
    const ticket = `${this.id}.${randomBytes(32).toString('base64url')}`;
    this._ticket = digest(ticket);
    return ticket;
  }

  /** @param given SHA-256 of what may be its ticket. */
  isTicket(given: Buffer): boolean {
    return this._ticket !== undefined && timingSafeEqual(given, this._ticket);
  }

  /** Do something with it that takes long; how it ended is in `resource`.
   *  @throws RuntimeError CONFLICT while something else is being done. */
  begin(
    state: 'capturing' | 'restoring' | 'sending',
    work: (onProgress: (progress: IStateProgress) => void) => Promise<IParcel['report']>
  ): void {
    if (this._isBusy) {
      throw new RuntimeError('CONFLICT', 'This parcel is in use: wait until that is over.');
    }
    this._isBusy = true;
    this._state = state;
    this._error = null;
    const onProgress = (progress: IStateProgress): void => {
      this._progress = progress;
      this.touch();
    };
    this.use(() => work(onProgress))
      .then(
        report => {
          if (report) {
            this._report = report;
            this._state = 'restored';
          } else if (state === 'sending') {
            this._state = 'sent';
          }
        },
        (error: unknown) => {
          this._error = toRuntimeError(error);
          // What could not be sent is here as before, and can go another way.
          this._state = state === 'sending' ? 'ready' : 'failed';
        }
      )
      .finally(() => {
        this._isBusy = false;
        this._touchedAt = this._steadyNow();
      });
  }

  /** Cells can use what is still being verified: its bytes stay until that is over. */
  async verify(verified: Promise<IVerification>): Promise<IVerification> {
    this._verification = { done: false, lost: [], error: null };
    const found = await this.use(() => verified);
    this._verification = verificationState(found);
    return found;
  }

  /** Do something in its folder, which stays at least for so long: who writes would make it anew. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this._users++;
    try {
      return await work();
    } finally {
      this._users--;
      this._removeFolder();
    }
  }

  /** Call off what is done with it, and take its bytes away, at once or with the last that uses them. */
  end(): void {
    this.ending.abort();
    this._removeFolder();
  }

  private _removeFolder(): void {
    if (this.ending.signal.aborted && this._users === 0) {
      // A kernel that was called off may be writing its last.
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 4, retryDelay: 20 });
    }
  }

  private readonly _mark = randomBytes(32).toString('hex');
  /** SHA-256 of its ticket. */
  private _ticket: Buffer | undefined;
  private _state: IParcel['state'];
  private _progress: IStateProgress = { stage: 'capture', bytes: 0, totalBytes: 0 };
  private _error: RuntimeError | null = null;
  private _captured: IParcel['captured'] = null;
  private _report: IParcel['report'] = null;
  private _verification: IParcel['verification'] = null;
  private _content: { manifest: Manifest; bytes: Buffer; chunks: ParcelFolder } | undefined;
  private _isBusy = false;
  private _users = 0;
  private _touchedAt: number;
}
