/**
 * Kernels of all places as Lab's own: these plugins stand in for the stock
 * kernel, kernelspec and session manager plugins, which package.json disables.
 * They run before the application exists. When this bundle fails to load, Lab
 * makes its stock managers itself.
 */
import type {
  Kernel,
  KernelSpec,
  ServerConnection,
  ServiceManagerPlugin,
  Session
} from '@jupyterlab/services';
import {
  IConnectionStatus,
  IKernelManager,
  IKernelSpecManager,
  IServerSettings,
  ISessionManager,
  ServerConnection as Connection,
  SessionManager
} from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';

import {
  CompositeKernelManager,
  CompositeKernelSpecManager,
  CompositeSessionClient,
  RuntimeProviders
} from '../kernels';
import { LocalProvider } from '../providers/local';
import { IRuntimeProviders } from '../tokens';

/** The composite managers, made together once. */
export interface IComposites {
  readonly kernels: CompositeKernelManager;
  readonly kernelspecs: CompositeKernelSpecManager;
  readonly sessions: SessionManager;
  readonly sessionClient: CompositeSessionClient;
}

/** Not public: what the outside needs of them is in `tokens.ts`. */
export const IComposites = new Token<IComposites>('jupyterlab-runtimes:IComposites');

const providers: ServiceManagerPlugin<IRuntimeProviders> = {
  id: 'jupyterlab-runtimes:providers',
  description: 'The registry of runtime providers, with the local server in it.',
  autoStart: true,
  provides: IRuntimeProviders,
  optional: [IServerSettings],
  activate: (_: null, settings: ServerConnection.ISettings | null): IRuntimeProviders => {
    const registry = new RuntimeProviders();
    registry.add(
      new LocalProvider({
        serverSettings: settings ?? Connection.makeSettings()
      })
    );
    return registry;
  }
};

const composites: ServiceManagerPlugin<IComposites> = {
  id: 'jupyterlab-runtimes:composites',
  description: 'The kernels, kernelspecs and sessions of all places.',
  autoStart: true,
  provides: IComposites,
  requires: [IRuntimeProviders],
  optional: [IConnectionStatus],
  activate: (
    _: null,
    registry: IRuntimeProviders,
    connection: IConnectionStatus | null
  ): IComposites => {
    const local = registry.list()[0];
    const standby = () => connection?.isConnected === false || ('when-hidden' as const);
    const kernels = new CompositeKernelManager({ providers: registry, local, standby });
    const kernelspecs = new CompositeKernelSpecManager({ providers: registry, local, standby });
    const sessionClient = new CompositeSessionClient(registry, kernel => kernels.ownerOf(kernel));
    const sessions = new SessionManager({
      kernelManager: kernels,
      serverSettings: local.serverSettings,
      sessionAPIClient: sessionClient,
      standby
    });
    return { kernels, kernelspecs, sessions, sessionClient };
  }
};

const kernelManager: ServiceManagerPlugin<Kernel.IManager> = {
  id: 'jupyterlab-runtimes:kernel-manager',
  description: 'Provides the kernels of all places as the kernel manager.',
  autoStart: true,
  provides: IKernelManager,
  requires: [IComposites],
  activate: (_: null, all: IComposites) => all.kernels
};

const kernelSpecManager: ServiceManagerPlugin<KernelSpec.IManager> = {
  id: 'jupyterlab-runtimes:kernel-spec-manager',
  description: 'Provides what can be started in all places as the kernelspec manager.',
  autoStart: true,
  provides: IKernelSpecManager,
  requires: [IComposites],
  activate: (_: null, all: IComposites) => all.kernelspecs
};

const sessionManager: ServiceManagerPlugin<Session.IManager> = {
  id: 'jupyterlab-runtimes:session-manager',
  description: 'Provides the sessions of all places as the session manager.',
  autoStart: true,
  provides: ISessionManager,
  requires: [IComposites],
  activate: (_: null, all: IComposites) => all.sessions
};

export const managerPlugins = [
  providers,
  composites,
  kernelManager,
  kernelSpecManager,
  sessionManager
];
