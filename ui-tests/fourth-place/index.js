/** A place of a third party: a second Jupyter Server, by the public token and nothing else. */
import { KernelAPI, KernelSpecAPI, ServerConnection, SessionAPI } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { IRuntimeProviders } from 'jupyterlab-runtimes';

/** Where the test says which server it is. */
const ADDRESS_KEY = 'fourth-place';

function createProvider({ url, token }) {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: url,
    wsUrl: url.replace(/^http/, 'ws'),
    token,
    appendToken: true,
    init: { credentials: 'omit', cache: 'no-store' }
  });
  const owner = {};
  return {
    id: 'fourth',
    place: 'remote',
    label: 'Fourth place',
    rank: 500,
    capabilities: { interrupt: true, restart: true, terminate: true, survivesReload: true },
    status: 'connected',
    lastError: null,
    statusChanged: new Signal(owner),
    serverSettings,
    kernelClient: new KernelAPI.KernelAPIClient({ serverSettings }),
    sessionClient: new SessionAPI.SessionAPIClient({ serverSettings }),
    kernelSpecClient: new KernelSpecAPI.KernelSpecAPIClient({ serverSettings }),
    details: [],
    detailsChanged: new Signal(owner),
    disposed: new Signal(owner),
    isDisposed: false,
    portableSpec: name => ({ name, display_name: 'Python 3 (ipykernel)', language: 'python' }),
    refresh: async () => undefined,
    dispose: () => undefined
  };
}

export default {
  id: 'fourth-place:plugin',
  autoStart: true,
  requires: [IRuntimeProviders],
  activate: (_app, providers) => {
    const address = JSON.parse(window.localStorage.getItem(ADDRESS_KEY) ?? 'null');
    if (address) {
      providers.add(createProvider(address));
    }
  }
};
