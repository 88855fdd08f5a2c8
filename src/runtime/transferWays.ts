/** By which way variables go: the cheapest that both ends have, and the next one where that turns out not to be there. */
import {
  fetchByParcel,
  ParcelsClient,
  RuntimeError,
  sendByParcel,
  ServerTransfers,
  transfer
} from '@jupyterlab-runtimes/core';
import type {
  IServerPlace,
  IServiceAddress,
  IStateOptions,
  ITransferReport,
  KernelPort,
  ParcelEnd,
  RuntimeErrorCode
} from '@jupyterlab-runtimes/core';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';

import type { IRuntimeModel } from '../tokens';

export interface IMove {
  readonly source: IRuntimeModel;
  readonly target: IRuntimeModel;
  readonly names: readonly string[];
  /** In the middle of a running cell. */
  readonly now?: boolean;
  /** Ways to both kernels from the page. */
  readonly ports: () => Promise<readonly [KernelPort, KernelPort]>;
}

/** What says that a way is not there, or not now, and that nothing has happened. */
const NO_WAY: ReadonlySet<RuntimeErrorCode> = new Set([
  'NOT_FOUND',
  'CONFLICT',
  'VERSION_MISMATCH',
  'FORBIDDEN',
  'UNREACHABLE',
  'TIMED_OUT'
]);
const EXTENSION_BASE = '/jupyterlab-runtimes';

/**
 * @throws RuntimeError: both kernels are as they were.
 */
export async function moveVariables(move: IMove, options: IStateOptions): Promise<ITransferReport> {
  const way = serverWay(move, options) ?? parcelWay(move, options);
  if (way) {
    try {
      return await way();
    } catch (error) {
      const isWayThere = !(error instanceof RuntimeError) || !NO_WAY.has(error.code);
      if (isWayThere || options.signal?.aborted) {
        throw error;
      }
    }
  }
  const [from, to] = await move.ports();
  return transfer(from, to, planOf(move), { ...options, randomId });
}

type Way = () => Promise<ITransferReport>;

/** Both ends are servers': they do it, whether this page lives on or not. */
function serverWay({ source, target, names, now }: IMove, options: IStateOptions): Way | null {
  const { settings } = source.provider.serverPlace ?? {};
  const places = [placeOf(source), placeOf(target)];
  const [from, to] = places;
  if (!settings || !from || !to) {
    return null;
  }
  return async () => {
    const transfers = serverTransfers(settings);
    const { id } = await transfers.begin({ source: from, target: to, names, now });
    return transfers.follow(id, options);
  };
}

/** One end is in this page: its bytes go by HTTP. */
function parcelWay(move: IMove, options: IStateOptions): Way | null {
  const { source, target } = move;
  const server = [source, target].filter(({ provider }) => provider.serverPlace);
  if (server.length !== 1) {
    return null;
  }
  const [remote] = server;
  const client = parcelsOf(remote);
  if (!client) {
    return null;
  }
  return async () => {
    const [from, to] = await move.ports();
    const end = (port: KernelPort): ParcelEnd =>
      remote.provider.serverPlace?.service === null ? { port } : { runtimeId: ownIdOf(remote) };
    const all = { ...options, randomId };
    return remote === target
      ? sendByParcel(client, from, end(to), planOf(move), all)
      : fetchByParcel(client, end(from), to, planOf(move), all);
  };
}

/** What the Jupyter Server of these settings does by itself. */
export function serverTransfers(settings: ServerConnection.ISettings): ServerTransfers {
  return new ServerTransfers(addressOf(settings, ''));
}

function parcelsOf({ provider }: IRuntimeModel): ParcelsClient | null {
  const { serverPlace } = provider;
  if (!serverPlace) {
    return null;
  }
  const { service, settings } = serverPlace;
  return service === null
    ? new ParcelsClient(addressOf(settings, ''), EXTENSION_BASE)
    : new ParcelsClient(
        addressOf(settings, `jupyterlab-runtimes/services/${encodeURIComponent(service)}`)
      );
}

function addressOf(settings: ServerConnection.ISettings, path: string): IServiceAddress {
  return {
    baseUrl: URLExt.join(settings.baseUrl, path),
    fetch: (url, init) => ServerConnection.makeRequest(url, init ?? {}, settings)
  };
}

function placeOf(runtime: IRuntimeModel): IServerPlace | null {
  const { name, provider, kernelId } = runtime;
  if (!provider.serverPlace || kernelId === null) {
    return null;
  }
  const { service } = provider.serverPlace;
  return { name, service, id: service === null ? kernelId : ownIdOf(runtime) };
}

/** The provider's own id of it. */
const ownIdOf = ({ key, provider }: IRuntimeModel): string => key.slice(provider.id.length + 1);

const planOf = ({ names, now }: IMove) => ({ names, now });

const randomId = (): string => UUID.uuid4();
