import { KernelPort, RuntimeError, SocketLink } from '@jupyterlab-runtimes/core';
import type { IKernelLink, ISocket } from '@jupyterlab-runtimes/core';
import type { Kernel } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';

import type { IRuntimeProvider } from '../tokens';
import { ConnectionLink } from './connectionLink';
import type { StateSources } from './sources';

/** Whose kernel, and how to talk about it. */
export interface IKernelPortOptions {
  readonly provider: IRuntimeProvider;
  readonly kernelId: string;
  /** What the user calls the runtime. */
  readonly name: string;
  readonly sources: StateSources;
  /** Lab's composite manager: finds the model, and makes a connection where the notebook has none. */
  readonly kernelManager: Kernel.IManager;
  /** The notebook's own connection, where there is one. */
  readonly connection?: Kernel.IKernelConnection | null;
}

/** A kernel of any place, ready to be asked about its state.
 *  @returns To be disposed.
 *  @throws RuntimeError UNREACHABLE (retryable) | NOT_RUNNING */
export async function openKernelPort(options: IKernelPortOptions): Promise<KernelPort> {
  const { name, provider, kernelId } = options;
  const sources = await options.sources.load();
  const sendFile = provider.sendFile?.bind(provider, kernelId);
  return new KernelPort({ link: await openLink(options), sources, name, sendFile });
}

async function openLink(options: IKernelPortOptions): Promise<IKernelLink> {
  const { provider, kernelId, name, kernelManager, connection } = options;
  if (provider.openStateSocket) {
    const open = (session: string) =>
      provider.openStateSocket?.(kernelId, session) as Promise<unknown> as Promise<ISocket>;
    return new SocketLink({ open, name, randomId: () => UUID.uuid4() });
  }
  if (connection && !connection.isDisposed) {
    return new ConnectionLink(connection, name, false);
  }
  const model = await kernelManager.findById(kernelId);
  if (!model) {
    throw new RuntimeError('NOT_RUNNING', `${name} has no kernel any more: start it again.`);
  }
  return new ConnectionLink(kernelManager.connectTo({ model, handleComms: false }), name, true);
}
