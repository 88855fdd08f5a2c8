/** A kernel takes what lies ready for it: all of it or nothing. */
import { runJob } from './job.js';
import type { KernelPort } from './kernelPort.js';
import type { IManifestFile } from './manifest.js';
import type { IRestoreResult, StateTrust } from './ops.js';
import type { IStateOptions } from './progress.js';
import { untilVerified, VERIFIED, type IVerification } from './verification.js';

/** Where its chunks are: what was written into the kernel, or a folder that it reads. */
export type RestorePlace =
  | { readonly load: string }
  | { readonly folder: string; readonly manifest: IManifestFile['bytes'] };

export interface IRestoreTerms {
  /** Default: all. */
  readonly names?: readonly string[];
  readonly trust: StateTrust;
  /** Where the kernel has threads, cells can run before big arrays are verified. Only for what is one's own. */
  readonly early: boolean;
}

export interface IRestored {
  readonly report: IRestoreResult;
  /** What comes of verifying big arrays, which cells can use meanwhile. The port has to stay open until then, and so has a
   *  folder. Never rejects. */
  readonly verified: Promise<IVerification>;
}

/** @throws RuntimeError CANCELLED | SNAPSHOT_CORRUPT | NOT_RUNNING …: the namespace is as it was. */
export async function restoreInto(
  target: KernelPort,
  place: RestorePlace,
  terms: IRestoreTerms,
  options: IStateOptions & { readonly randomId: () => string }
): Promise<IRestored> {
  const job = options.randomId();
  const isFolder = 'folder' in place;
  const where = isFolder ? { folder: place.folder } : { load: place.load };
  const { result } = await runJob(
    target,
    {
      op: 'restore',
      args: { job, ...terms, ...where },
      ...(isFolder ? { buffers: [place.manifest] } : {}),
      stage: 'restore'
    },
    options
  );
  const { verifying = false, ...report } = result;
  return { report, verified: verifying ? untilVerified(target, job) : Promise.resolve(VERIFIED) };
}
