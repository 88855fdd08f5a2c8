/** Variables from one kernel to another: the source stays as it was, the target gets all of it or nothing. */
import { runJob } from './job.js';
import { kernelSink, kernelSource } from './kernelChunks.js';
import type { KernelPort } from './kernelPort.js';
import { parseManifest, type IManifestFile } from './manifest.js';
import type { IRestoreResult, ISkippedName, StateTrust } from './ops.js';
import type { IStateOptions } from './progress.js';
import { through } from './pump.js';
import { pumpUntilThere } from './pumpUntilThere.js';
import { restoreInto, type IRestored, type IRestoreTerms } from './restore.js';
import { tidy } from './tidy.js';
import type { IVerification } from './verification.js';

/** How bytes went. `nearby`: the target read what the source wrote; `straight`: from one service to the other; `http`:
 *  between servers, or between page and server; `messages`: through page or service. */
export type Transport = 'nearby' | 'straight' | 'http' | 'messages';

export interface ITransferPlan {
  /** Default: everything that the user has named. */
  readonly names?: readonly string[];
  /** In the middle of a running cell, where that is safe; else at its end. */
  readonly now?: boolean;
  /** Default: `own`. */
  readonly trust?: StateTrust;
  /** Default: the cheapest of those that need nobody but the two kernels: `nearby`, else `messages`. */
  readonly transport?: Transport;
}

export interface ITransferOptions extends IStateOptions {
  readonly randomId: () => string;
}

export interface ITransferReport extends IRestoreResult {
  readonly transport: Transport;
  /** Stored bytes of all chunks. */
  readonly bytes: number;
  /** A cell was running in the source. */
  readonly midCell: boolean;
  /** What comes of verifying big arrays, which cells of the target can use meanwhile. Never rejects. */
  readonly verified: Promise<IVerification>;
}

/**
 * @throws RuntimeError CANCELLED | NOT_RUNNING (one of both ended) | DISK_FULL | SNAPSHOT_CORRUPT | TIMED_OUT …: the
 *   target's namespace is as it was.
 */
export async function transfer(
  source: KernelPort,
  target: KernelPort,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<ITransferReport> {
  const { randomId, signal } = options;
  const capture = randomId();
  const release = (): Promise<void> =>
    tidy(source, asked => source.request('release', { capture }, asked));
  let isReadOn = false;
  try {
    const { result, buffers } = await runJob(
      source,
      {
        op: 'capture',
        args: { job: capture, names: plan.names },
        channel: plan.now ? 'control' : 'shell',
        stage: 'capture'
      },
      options
    );
    const manifest = parseManifest(buffers[0]);
    const isNearby =
      plan.transport === undefined
        ? await areNearby(source, target, capture, signal)
        : plan.transport === 'nearby';
    const restored = isNearby
      ? await restoreInto(
          target,
          { folder: result.folder, manifest: manifest.bytes },
          termsOf(plan),
          options
        )
      : await restoreByMessages(source, target, capture, manifest, plan, options);
    // What the source has written is read until all is verified.
    isReadOn = isNearby;
    return {
      ...restored.report,
      skipped: bothSkipped(result.skipped, restored.report.skipped),
      transport: isNearby ? 'nearby' : 'messages',
      bytes: result.bytes,
      midCell: result.mid_cell,
      verified: isNearby ? restored.verified.finally(release) : restored.verified
    };
  } finally {
    if (!isReadOn) {
      await release();
    }
  }
}

/** What goes from kernel to kernel is one's own, unless somebody says otherwise. */
export function termsOf({ names, trust = 'own' }: ITransferPlan): IRestoreTerms {
  return { names, trust, early: trust === 'own' };
}

async function areNearby(
  source: KernelPort,
  target: KernelPort,
  capture: string,
  signal: AbortSignal | undefined
): Promise<boolean> {
  const mark = await source.request('mark', { capture }, { channel: 'control', signal });
  const answer = await target.request('nearby', mark.result, { channel: 'control', signal });
  return answer.result.nearby;
}

async function restoreByMessages(
  source: KernelPort,
  target: KernelPort,
  capture: string,
  manifest: IManifestFile,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<IRestored> {
  const load = options.randomId();
  try {
    const sink = kernelSink(target, load, manifest);
    await pumpUntilThere(through(kernelSource(source, capture), sink), sink, {
      ...options,
      manifest: manifest.content
    });
    return await restoreInto(target, { load }, termsOf(plan), options);
  } finally {
    // What is still being verified stays until that is over.
    await tidy(target, options => target.request('discard', { load }, options));
  }
}

/** Both ends may have something to say about a name; the source saw it first. */
export function bothSkipped(
  first: readonly ISkippedName[],
  second: readonly ISkippedName[]
): readonly ISkippedName[] {
  const names = new Set(first.map(({ name }) => name));
  return [...first, ...second.filter(({ name }) => !names.has(name))];
}
