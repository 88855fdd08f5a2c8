/**
 * States on their way between servers. Nothing of them is kept: they end when they are taken away, when nobody has asked
 * for them in a while, and with the service.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { ulid } from 'ulid';

import {
  manifestBytes,
  RuntimeError,
  type IChunk,
  type IParcel,
  type IParcelMissing,
  type IParcelRequest,
  type IParcelRestore,
  type IParcelSend,
  type IVerification
} from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import { noteUnsound } from '../runtimes/loss.js';
import type { ISteadyClock, ILog } from '../runtimes/ports.js';
import type { Runtime } from '../runtimes/runtime.js';
import type { RuntimeList } from '../runtimes/runtimeList.js';
import { kernelOf } from '../runtimes/stateActions.js';
import type { IBlobStore, ICapture } from '../snapshots/ports.js';
import { readManifest } from '../snapshots/shelf.js';
import { Parcel } from './parcel.js';
import { peerUrl, sendParcel } from './send.js';

export interface IParcelsOptions {
  readonly list: RuntimeList;
  readonly capture: ICapture;
  readonly blobs: IBlobStore;
  /** Holds a folder for each parcel; what is in it when the service starts is removed. */
  readonly root: string;
  readonly clock: ISteadyClock;
  readonly log: ILog;
  /** A parcel that nobody has asked for in so long ends, milliseconds. */
  readonly idleMs: number;
  /** Other services that states may be sent to, as `peerUrl` gives them. */
  readonly peers: readonly string[];
}

/** Of one owner at a time. */
const MAX_PARCELS = 32;
const LOOK_MS = 30_000;

/** Every call names the owner: what belongs to another is NOT_FOUND, as if it were not there. */
export class Parcels {
  constructor(private readonly _options: IParcelsOptions) {
    rmSync(_options.root, { recursive: true, force: true });
    this._watch();
  }

  /** Make one: empty, or filled from a runtime, which goes on in the background.
   *  @throws RuntimeError NOT_FOUND | NOT_RUNNING | QUOTA_EXCEEDED */
  create(owner: string, { capture }: IParcelRequest): IParcel {
    const { clock, list, root } = this._options;
    if ([...this._parcels.values()].filter(each => each.owner === owner).length >= MAX_PARCELS) {
      throw new RuntimeError(
        'QUOTA_EXCEEDED',
        `${MAX_PARCELS} transfers are under way already: wait until one has ended, or cancel one.`
      );
    }
    const kernel =
      capture && kernelOf(list.find(owner, capture.runtime_id), 'snapshot', 'captured');
    const id = `p${ulid(clock.now().getTime()).toLowerCase()}`;
    const state = capture ? 'capturing' : 'receiving';
    const parcel = new Parcel(id, owner, join(root, id), state, () => performance.now());
    this._parcels.set(id, parcel);
    if (capture && kernel) {
      const { names, now } = capture;
      const runtime = list.find(owner, capture.runtime_id);
      const signal = AbortSignal.any([parcel.ending.signal, runtime.ending.signal]);
      parcel.begin('capturing', async onProgress => {
        const captured = await this._options.capture.capture({
          ...{ address: kernel.address, kernelId: kernel.kernelId, isIt: kernel.isIt },
          name: runtime.resource.given_name,
          ...{ folder: parcel.folder, durable: false, mode: now ? 'now' : 'boundary' },
          ...{ signal, onProgress },
          ...(names ? { names } : {})
        });
        const { manifest, bytes, midCell } = captured;
        parcel.setContent(manifest, Buffer.from(manifestBytes(manifest)));
        parcel.setReady({ bytes, skipped: captured.skipped.map(copyOf), mid_cell: midCell });
        return null;
      });
    }
    return parcel.resource;
  }

  /** @throws RuntimeError NOT_FOUND */
  get(owner: string, id: string): IParcel {
    return this._find(owner, id).resource;
  }

  manifest(owner: string, id: string): Buffer {
    return this._find(owner, id).content.bytes;
  }

  /** Say what belongs into it, or ask again what is missing. Chunks that the owner's snapshots have are taken from there.
   *  @throws RuntimeError SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | CONFLICT (it has another manifest) */
  async describe(owner: string, id: string, bytes: Buffer): Promise<IParcelMissing> {
    const parcel = this._find(owner, id);
    if (!parcel.hasContent) {
      const manifest = readManifest(bytes);
      parcel.setContent(manifest, bytes);
      await parcel.use(() => this._lend(parcel, manifest.chunks));
    } else if (!parcel.content.bytes.equals(bytes)) {
      throw new RuntimeError('CONFLICT', 'This parcel has another manifest: make a new one.');
    }
    const missing = await parcel.content.chunks.missing();
    if (missing.length === 0 && parcel.resource.state === 'receiving') {
      parcel.setReady();
    }
    return { missing };
  }

  /** @param read The bytes, until the signal: with the parcel it is over for who sends, too.
   *  @throws RuntimeError NOT_FOUND | INVALID_REQUEST | SNAPSHOT_CORRUPT | DISK_FULL */
  async write(
    owner: string,
    id: string,
    digest: string,
    start: number,
    read: (signal: AbortSignal) => AsyncIterable<Uint8Array>
  ): Promise<void> {
    const parcel = this._find(owner, id);
    const { chunks } = parcel.content;
    const { signal } = parcel.ending;
    try {
      await parcel.use(() => chunks.write(digest, start, read(signal)));
    } catch (error) {
      throw signal.aborted ? gone() : error;
    }
    parcel.touch();
  }

  /** @throws RuntimeError NOT_FOUND | INVALID_REQUEST */
  read(
    owner: string,
    id: string,
    digest: string,
    range?: { readonly start: number; readonly end: number }
  ): Promise<{ readonly size: number; readonly bytes: Readable }> {
    return this._find(owner, id).content.chunks.read(digest, range);
  }

  /** Give it to a running runtime, in the background. It is the owner's own: all of it is restored.
   *  @throws RuntimeError NOT_FOUND | NOT_RUNNING | CONFLICT (not all of it is there) */
  async restore(owner: string, id: string, request: IParcelRestore): Promise<IParcel> {
    const parcel = this._find(owner, id);
    const { resource } = parcel;
    if (resource.state === 'restoring' || resource.state === 'restored') {
      return resource;
    }
    const runtime = this._options.list.find(owner, request.runtime_id);
    const kernel = kernelOf(runtime, 'restore', 'given a state');
    const { manifest, chunks } = parcel.content;
    if ((await chunks.missing()).length > 0) {
      throw new RuntimeError('CONFLICT', 'Parts of the variables have not arrived yet.');
    }
    const signal = AbortSignal.any([parcel.ending.signal, runtime.ending.signal]);
    parcel.begin('restoring', async onProgress => {
      const { restored, rebuilt, skipped, verified } = await this._options.capture.restore({
        ...{ address: kernel.address, kernelId: kernel.kernelId, isIt: kernel.isIt },
        name: runtime.resource.given_name,
        ...{ folder: parcel.folder, manifest, trust: 'own', signal, onProgress },
        ...(request.names ? { names: request.names } : {}),
        early: request.early ?? false
      });
      this._watchVerified(parcel, runtime, verified).catch((error: unknown) =>
        this._options.log.error({ err: error, parcel: parcel.id }, 'A parcel could not be ended.')
      );
      runtime.updateLife({ ran_since_copy: true });
      return {
        restored: [...restored],
        rebuilt: rebuilt.map(copyOf),
        skipped: skipped.map(copyOf)
      };
    });
    return parcel.resource;
  }

  /** Make what lets another service put the bytes of an empty parcel here.
   *  @throws RuntimeError NOT_FOUND | CONFLICT */
  ticket(owner: string, id: string): string {
    const parcel = this._find(owner, id);
    if (parcel.resource.state !== 'receiving') {
      throw new RuntimeError('CONFLICT', 'This parcel is not empty: nothing can be sent to it.');
    }
    return parcel.issueTicket();
  }

  /** Whose ticket it is, and for what. */
  holderOf(token: string, given: Buffer): { owner: string; parcelId: string } | undefined {
    const parcel = this._parcels.get(token.split('.', 1)[0]);
    return parcel?.isTicket(given) ? { owner: parcel.owner, parcelId: parcel.id } : undefined;
  }

  /** Send it to a parcel of another service, in the background; it stays here as well.
   *  @throws RuntimeError NOT_FOUND | FORBIDDEN (the operator has not named that service) | CONFLICT */
  async send(owner: string, id: string, request: IParcelSend): Promise<IParcel> {
    const parcel = this._find(owner, id);
    const url = peerUrl(request.url);
    const peer = this._options.peers.find(each => each === url);
    if (peer === undefined) {
      throw new RuntimeError(
        'FORBIDDEN',
        `This runtime service sends nothing to ${request.url}: its operator can allow that (--peers).`
      );
    }
    if ((await parcel.content.chunks.missing()).length > 0) {
      throw new RuntimeError('CONFLICT', 'Not all of this parcel is here: wait until it is ready.');
    }
    const { signal } = parcel.ending;
    parcel.begin('sending', async onProgress => {
      try {
        await sendParcel(parcel, peer, request, { signal, onProgress });
      } catch (error) {
        // It goes another way then, and only the operator can mend this one.
        this._options.log.warn(
          { err: toRuntimeError(error), parcel: id, peer },
          'A state did not get straight to another service.'
        );
        throw error;
      }
      return null;
    });
    return parcel.resource;
  }

  /** @throws RuntimeError NOT_FOUND */
  remove(owner: string, id: string): void {
    const parcel = this._find(owner, id);
    this._parcels.delete(id);
    parcel.end();
  }

  dispose(): void {
    this._timer?.dispose();
    this._parcels.forEach(parcel => parcel.end());
    this._parcels.clear();
  }

  private _find(owner: string, id: string): Parcel {
    const parcel = this._parcels.get(id);
    if (parcel?.owner !== owner) {
      throw gone();
    }
    parcel.touch();
    return parcel;
  }

  /** Cells run already; what is found damaged, or can't be verified, is told as soon as it is. */
  private async _watchVerified(
    parcel: Parcel,
    runtime: Runtime,
    verified: Promise<IVerification>
  ): Promise<void> {
    const { failure } = await parcel.verify(verified);
    if (failure) {
      const about = { err: failure, runtime: runtime.id, parcel: parcel.id };
      this._options.log.error(
        about,
        'What was brought along is damaged, or could not be verified.'
      );
      noteUnsound(runtime)(failure);
    }
  }

  private async _lend(parcel: Parcel, chunks: readonly IChunk[]): Promise<void> {
    const { blobs } = this._options;
    const here: IChunk[] = [];
    for (const chunk of chunks) {
      if ((await blobs.sizeOf(parcel.owner, chunk.digest)) === chunk.size) {
        here.push(chunk);
      }
    }
    if (here.length > 0) {
      await blobs.lend(parcel.owner, here, parcel.folder);
    }
  }

  private _watch(): void {
    const { clock, idleMs, log } = this._options;
    this._timer = clock.after(LOOK_MS, () => {
      for (const parcel of [...this._parcels.values()].filter(each => each.idleMs > idleMs)) {
        log.info({ parcel: parcel.id }, 'Nobody asks for this parcel any more: it ends.');
        this._parcels.delete(parcel.id);
        parcel.end();
      }
      this._watch();
    });
  }

  private readonly _parcels = new Map<string, Parcel>();
  private _timer: { dispose(): void } | undefined;
}

const gone = (): RuntimeError =>
  new RuntimeError(
    'NOT_FOUND',
    'What was on its way is not there any more (it ended, or the service was restarted): begin again.'
  );

const copyOf = ({ name, reason, remedy }: { name: string; reason: string; remedy: string }) => ({
  name,
  reason,
  remedy
});
