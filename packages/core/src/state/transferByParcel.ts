/**
 * Variables between a kernel that only the page reaches and one of a server: bytes go by HTTP, in ranges, a few at a time.
 * The server's side is a kernel that reads the parcel's folder, or a runtime that its service captures and restores.
 */
import type { IParcelFolder, ParcelsClient } from '../client/parcelsClient.js';
import type { IParcel } from '../contract/parcel.js';
import { RuntimeError } from '../errors.js';
import { runJob } from './job.js';
import { kernelSink, kernelSource } from './kernelChunks.js';
import type { KernelPort } from './kernelPort.js';
import { parseManifest, type IManifestFile } from './manifest.js';
import type { ICaptureResult } from './ops.js';
import { parcelSink, parcelSource } from './parcelChunks.js';
import type { IStateOptions } from './progress.js';
import { through } from './pump.js';
import { pumpUntilThere } from './pumpUntilThere.js';
import { restoreInto, type IRestored } from './restore.js';
import { sentByKernel } from './sentByKernel.js';
import { moveCancelled } from './moveErrors.js';
import { tidy } from './tidy.js';
import { NOTHING_LEFT, verified } from './verification.js';
import {
  bothSkipped,
  termsOf,
  type ITransferOptions,
  type ITransferPlan,
  type ITransferReport
} from './transfer.js';

/** A kernel that the page asks, or a runtime of a service. */
export type ParcelEnd = { readonly port: KernelPort } | { readonly runtimeId: string };

interface ICaptured extends Pick<ICaptureResult, 'bytes' | 'skipped' | 'mid_cell'> {
  readonly manifest: IManifestFile;
}

/** A service is asked so often how far it is, milliseconds. */
const POLL_MS = 250;

/**
 * From the page's kernel to the server's.
 *
 * @throws RuntimeError CONFLICT: the kernel does not read the server's files | NOT_FOUND: there are no parcels |
 *   CANCELLED | NOT_RUNNING …: the target's namespace is as it was
 */
export function sendByParcel(
  client: ParcelsClient,
  source: KernelPort,
  target: ParcelEnd,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<ITransferReport> {
  return withParcel(client, {}, options, async parcel => {
    await checkNearby(target, parcel, options);
    const captured = await fill(client, parcel, source, plan, options);
    const place = { folder: parcel.folder, manifest: captured.manifest.bytes };
    const restored =
      'port' in target
        ? await restoreInto(target.port, place, termsOf(plan), options)
        : await restoreThere(client, parcel, target.runtimeId, plan, options);
    return reportOf(captured, restored);
  });
}

/** Capture into the parcel; what the page's kernel has written for it takes memory no longer than needed. */
async function fill(
  client: ParcelsClient,
  parcel: IParcelFolder,
  source: KernelPort,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<ICaptured> {
  const capture = options.randomId();
  try {
    const captured = await captureIn(source, capture, undefined, plan, options);
    const { manifest, folder } = captured;
    const sink = parcelSink(client, parcel.id, manifest);
    const { sendFile } = source;
    const mover = sendFile
      ? sentByKernel(sendFile, folder, client, parcel.id, manifest)
      : through(kernelSource(source, capture), sink);
    await pumpUntilThere(mover, sink, { ...options, manifest: manifest.content });
    return captured;
  } finally {
    await tidy(source, asked => source.request('release', { capture }, asked));
  }
}

/** From the server's kernel to the page's.
 *  @throws RuntimeError as of `sendByParcel` */
export function fetchByParcel(
  client: ParcelsClient,
  source: ParcelEnd,
  target: KernelPort,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<ITransferReport> {
  const request =
    'port' in source
      ? {}
      : {
          capture: {
            runtime_id: source.runtimeId,
            ...(plan.names ? { names: [...plan.names] } : {}),
            ...(plan.now ? { now: true } : {})
          }
        };
  return withParcel(client, request, options, async parcel => {
    await checkNearby(source, parcel, options);
    const captured = await captureThere(client, parcel, source, plan, options);
    const { manifest } = captured;
    const load = options.randomId();
    try {
      const sink = kernelSink(target, load, manifest);
      await pumpUntilThere(through(parcelSource(client, parcel.id), sink), sink, {
        ...options,
        manifest: manifest.content
      });
      return reportOf(captured, await restoreInto(target, { load }, termsOf(plan), options));
    } finally {
      await tidy(target, asked => target.request('discard', { load }, asked));
    }
  });
}

async function captureThere(
  client: ParcelsClient,
  parcel: IParcelFolder,
  source: ParcelEnd,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<ICaptured> {
  if ('port' in source) {
    const capture = options.randomId();
    const captured = await captureIn(source.port, capture, parcel.folder, plan, options);
    await client.describe(parcel.id, captured.manifest.bytes, options);
    return captured;
  }
  const { captured } = await until(client, parcel.id, 'capturing', options);
  const manifest = parseManifest(await client.manifest(parcel.id, options));
  const { bytes = 0, skipped = [], mid_cell = false } = captured ?? {};
  return { manifest, bytes, skipped, mid_cell };
}

async function captureIn(
  source: KernelPort,
  job: string,
  folder: string | undefined,
  { names, now }: ITransferPlan,
  options: ITransferOptions
): Promise<ICaptured & Pick<ICaptureResult, 'folder'>> {
  const { result, buffers } = await runJob(
    source,
    {
      op: 'capture',
      args: { job, names, ...(folder === undefined ? {} : { folder }) },
      channel: now ? 'control' : 'shell',
      stage: 'capture'
    },
    options
  );
  return { ...result, manifest: parseManifest(buffers[0]) };
}

async function restoreThere(
  client: ParcelsClient,
  { id }: IParcelFolder,
  runtimeId: string,
  plan: ITransferPlan,
  options: ITransferOptions
): Promise<IRestored> {
  const { names, early } = termsOf(plan);
  const body = { runtime_id: runtimeId, early, ...(names ? { names: [...names] } : {}) };
  await client.restore(id, body, options);
  const { report } = await until(client, id, 'restoring', options);
  return {
    report: report ?? { restored: [], rebuilt: [], skipped: [] },
    verified: verified(async () => (await client.get(id)).verification ?? NOTHING_LEFT)
  };
}

/** @throws RuntimeError what went wrong there | CANCELLED */
async function until(
  client: ParcelsClient,
  id: string,
  state: IParcel['state'],
  { signal, onProgress }: IStateOptions
): Promise<IParcel> {
  for (;;) {
    if (signal?.aborted) {
      throw moveCancelled();
    }
    const parcel = await client.get(id);
    if (parcel.error) {
      throw RuntimeError.fromWire(parcel.error);
    }
    if (parcel.state !== state) {
      return parcel;
    }
    const stage = state === 'capturing' ? 'capture' : 'restore';
    onProgress?.({ stage, bytes: parcel.bytes, totalBytes: parcel.total_bytes });
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

/** What is asked of a kernel on another machine than the folder, or in a container, would fail later. */
async function checkNearby(
  end: ParcelEnd,
  { folder, mark }: IParcelFolder,
  { signal }: IStateOptions
): Promise<void> {
  if ('port' in end) {
    const args = { path: `${folder}/mark`, nonce: mark };
    const { result } = await end.port.request('nearby', args, { channel: 'control', signal });
    if (!result.nearby) {
      throw new RuntimeError('CONFLICT', 'The kernel does not share its Jupyter Server’s files.');
    }
  }
}

async function withParcel(
  client: ParcelsClient,
  request: Parameters<ParcelsClient['create']>[0],
  { signal }: IStateOptions,
  work: (parcel: IParcelFolder) => Promise<ITransferReport>
): Promise<ITransferReport> {
  if (signal?.aborted) {
    throw moveCancelled();
  }
  const parcel = await client.create(request);
  // It ends by itself where this does not get through.
  const remove = (): Promise<void> => client.remove(parcel.id).catch(() => undefined);
  try {
    const report = await work(parcel);
    return { ...report, verified: report.verified.finally(remove) };
  } catch (error) {
    await remove();
    throw signal?.aborted && !(error instanceof RuntimeError) ? moveCancelled() : error;
  }
}

function reportOf(captured: ICaptured, { report, verified }: IRestored): ITransferReport {
  return {
    ...report,
    skipped: bothSkipped(captured.skipped, report.skipped),
    transport: 'http',
    bytes: captured.bytes,
    midCell: captured.mid_cell,
    verified
  };
}
