/** The way to a kernel's state, for all who move variables. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { ISessionContext } from '@jupyterlab/apputils';

import type { OpenPort } from '../../runtime/transferSession';
import type { StateSources } from '../../state';

/** The file of scripts/build-state.mjs within our labextension. */
const SOURCES_PATH = 'jupyterlab-runtimes/static/state/sources.json';

/** @param documents Whose connections can be used. */
export function openPorts(
  { serviceManager }: JupyterFrontEnd,
  documents: () => readonly ISessionContext[]
): OpenPort {
  let sources: StateSources | undefined;
  return async ({ provider, kernelId, name }) => {
    const { openKernelPort, StateSources } = await import('../../state');
    sources ??= new StateSources(
      URLExt.join(PageConfig.getOption('fullLabextensionsUrl'), SOURCES_PATH),
      (url, init) => fetch(url, init)
    );
    const connections = documents().map(({ session }) => session?.kernel ?? null);
    return openKernelPort({
      provider,
      name,
      sources,
      kernelId: kernelId ?? '',
      kernelManager: serviceManager.kernels,
      connection: connections.find(kernel => kernel?.id === kernelId) ?? null
    });
  };
}
