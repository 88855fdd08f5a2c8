/** The arguments of a runtime's Jupyter Server. */
import { ingressPath } from '@jupyterlab-runtimes/core';

import type { JupyterPlace } from '../../jupyter/address.js';

export function serverArguments(id: string, place: JupyterPlace, rootDir: string): string[] {
  const address =
    'port' in place
      ? ['--ServerApp.ip=127.0.0.1', `--ServerApp.port=${place.port}`, '--ServerApp.port_retries=0']
      : [`--ServerApp.sock=${place.socketPath}`, '--ServerApp.sock_mode=0600'];
  return [
    ...address,
    `--ServerApp.base_url=${ingressPath(id)}`,
    `--ServerApp.root_dir=${rootDir}`,
    '--ServerApp.open_browser=False',
    '--ServerApp.use_redirect_file=False',
    '--ServerApp.terminals_enabled=False',
    '--ServerApp.allow_root=True',
    // Its address is private: the service in front checks who asks, from where, and by which name.
    '--ServerApp.allow_remote_access=True'
  ];
}
