/** From a kernel to the shelf, and back. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import {
  canonicalJson,
  type IRestoreReport,
  type ISkippedVariable,
  type ISnapshotResource,
  type IVerification,
  type Manifest
} from '@jupyterlab-runtimes/core';

import { toRuntimeError } from '../failures.js';
import type {
  IKeepRequest,
  IKernelOfRuntime,
  ILog,
  IRestoreChoice,
  IStateKeeper
} from '../runtimes/ports.js';
import type { ICapturedState } from '../state/capture.js';
import { InTurn } from './inTurn.js';
import type { IBlobStore, ICapture } from './ports.js';
import type { Shelf } from './shelf.js';
import type { Signers } from './signature.js';

export interface IStateKeeperOptions {
  readonly capture: ICapture;
  readonly shelf: Shelf;
  readonly blobs: IBlobStore;
  readonly signers: Signers;
  /** Holds a folder for each runtime, in which its kernel may write; on the same file system as the blobs. */
  readonly stagingRoot: string;
  readonly now: () => Date;
  readonly log: ILog;
}

export class StateKeeper implements IStateKeeper {
  constructor(private readonly _options: IStateKeeperOptions) {}

  keep(source: IKernelOfRuntime, request: IKeepRequest): Promise<ISnapshotResource> {
    const { id } = source.runtime;
    return this._turns.run(id, async () => {
      try {
        // Its kernel still reads what a capture would tidy away, and would not give what is not verified.
        await this._verifying.get(id);
        return await this._keepNow(source, request);
      } catch (error) {
        // What was written of it takes room, perhaps the last that there was.
        this.letGo(id);
        throw error;
      }
    });
  }

  restore(
    target: IKernelOfRuntime,
    snapshotId: string,
    choice: IRestoreChoice
  ): Promise<IRestoreReport> {
    return this._turns.run(target.runtime.id, () => this._restoreNow(target, snapshotId, choice));
  }

  find(owner: string, snapshotId: string): ISnapshotResource {
    return this._options.shelf.find(owner, snapshotId);
  }

  latest(owner: string, runtimeId: string): ISnapshotResource | undefined {
    return this._options.shelf
      .list(owner)
      .filter(each => each.runtime_id === runtimeId && each.kind !== 'manual')
      .at(-1);
  }

  preserve(owner: string, snapshotId: string, name: string): void {
    this._options.shelf.change(owner, snapshotId, { kind: 'manual', name: name.slice(0, 100) });
  }

  letGo(runtimeId: string): void {
    this._previous.delete(runtimeId);
    rmSync(this._staging(runtimeId), { recursive: true, force: true });
  }

  private async _keepNow(
    { runtime, ...place }: IKernelOfRuntime,
    request: IKeepRequest
  ): Promise<ISnapshotResource> {
    const { blobs, capture, shelf, signers } = this._options;
    const { owner } = runtime;
    const folder = this._staging(runtime.id);
    await this._prepare(owner, runtime.id, folder);
    request.signal?.throwIfAborted();
    const captured = await capture.capture({
      ...place,
      folder,
      mode: request.mode,
      ...(request.names ? { names: request.names } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
      ...(request.onProgress ? { onProgress: request.onProgress } : {})
    });
    request.check?.(captured.skipped);
    const { manifest } = captured;
    const kept = await shelf.add({
      resource: this._describe(runtime, request, captured, manifest),
      manifest,
      bytes: signers.of(owner).sign(canonicalJson(manifest)),
      bringChunks: () => blobs.adopt(owner, folder, manifest.chunks)
    });
    this._previous.set(runtime.id, manifest);
    return kept;
  }

  private async _restoreNow(
    { runtime, ...place }: IKernelOfRuntime,
    snapshotId: string,
    choice: IRestoreChoice
  ): Promise<IRestoreReport> {
    const { blobs, capture, shelf } = this._options;
    const { manifest, isOwn } = await shelf.open(runtime.owner, snapshotId);
    const folder = this._staging(runtime.id);
    await this._verifying.get(runtime.id);
    await shelf.undisturbed(runtime.owner, () =>
      blobs.lend(runtime.owner, manifest.chunks, folder)
    );
    const { restored, rebuilt, skipped, verified } = await capture.restore({
      ...place,
      folder,
      manifest,
      trust: isOwn || choice.acceptCode ? 'own' : 'foreign',
      early: isOwn,
      ...(choice.names ? { names: choice.names } : {}),
      ...(choice.signal ? { signal: choice.signal } : {}),
      ...(choice.onProgress ? { onProgress: choice.onProgress } : {})
    });
    this._watch(runtime.id, verified, choice.onUnsound);
    if (isOwn && !choice.names) {
      this._previous.set(runtime.id, manifest);
    }
    return {
      restored: [...restored],
      rebuilt: rebuilt.map(copyOf),
      skipped: skipped.map(copyOf)
    };
  }

  /** Cells run already; what is found damaged, or can't be verified, is told as soon as it is. */
  private _watch(
    runtimeId: string,
    verified: Promise<IVerification>,
    onUnsound: IRestoreChoice['onUnsound']
  ): void {
    const over = verified.then(({ failure }) => {
      if (this._verifying.get(runtimeId) === over) {
        this._verifying.delete(runtimeId);
      }
      if (failure) {
        // The copy in the folder is not what was stored; the next capture writes its own.
        this.letGo(runtimeId);
        this._options.log.error(
          { err: failure, runtime: runtimeId },
          'What was restored is damaged, or could not be verified.'
        );
        onUnsound?.(failure);
      }
    });
    this._verifying.set(runtimeId, over);
  }

  /** Put the chunks of the last snapshot where the kernel finds them: what has not changed is not written again. */
  private async _prepare(owner: string, runtimeId: string, folder: string): Promise<void> {
    const { blobs, log, shelf } = this._options;
    try {
      const latest = this.latest(owner, runtimeId);
      const known =
        this._previous.get(runtimeId) ?? (latest && (await shelf.open(owner, latest.id)).manifest);
      if (known) {
        await shelf.undisturbed(owner, () => blobs.lend(owner, known.chunks, folder));
      }
    } catch (error) {
      // It costs time, nothing else: the capture is a whole one.
      log.debug({ err: toRuntimeError(error), runtime: runtimeId }, 'A capture starts anew.');
      this.letGo(runtimeId);
    }
  }

  private _describe(
    runtime: IKernelOfRuntime['runtime'],
    request: IKeepRequest,
    captured: ICapturedState,
    manifest: Manifest
  ): Omit<ISnapshotResource, 'id' | 'size_bytes'> {
    const now = this._options.now();
    return {
      owner: runtime.owner,
      name: request.name ?? `${runtime.given_name}, ${timeOfDay(now)}`.slice(-100),
      description: request.description ?? '',
      kind: request.kind,
      created_at: now.toISOString(),
      runtime_id: runtime.id,
      runtime_name: runtime.given_name,
      environment_name: runtime.environment_name,
      python: minorOf(manifest),
      mid_cell: captured.midCell,
      verified: true,
      variables: countVariables(manifest),
      skipped: captured.skipped.map(copyOf)
    };
  }

  private _staging(runtimeId: string): string {
    return join(this._options.stagingRoot, runtimeId);
  }

  private readonly _turns = new InTurn();
  private readonly _verifying = new Map<string, Promise<void>>();
  private readonly _previous = new Map<string, Manifest>();
}

/** `3.12.4` as `3.12`. */
export const minorOf = (manifest: Manifest): string =>
  manifest.python.version.split('.').slice(0, 2).join('.');

/** Those that are in it. */
export const countVariables = (manifest: Manifest): number =>
  (manifest.graph.variables ?? []).filter(({ outcome }) => outcome !== 'skipped').length;

/** `2026-11-22 03:05` UTC. */
export const timeOfDay = (date: Date): string => date.toISOString().slice(0, 16).replace('T', ' ');

const copyOf = ({ name, reason, remedy }: ISkippedVariable): ISkippedVariable => ({
  name,
  reason,
  remedy
});
