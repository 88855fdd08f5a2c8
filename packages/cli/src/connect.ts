/** The service that a command talks to: the embedded one, or one of the services file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { RuntimeError, RuntimesClient, type IServiceFile } from '@jupyterlab-runtimes/core';

import { embeddedDataDir, servicesPath } from './jupyterPaths.js';
import { readServices } from './servicesFile.js';
import { trustingFetch } from './trust.js';

export interface IConnectOptions {
  /** A name of the services file. Default: the embedded service. */
  readonly service?: string;
  /** Data folder of a service on this computer. */
  readonly dataDir?: string;
}

/** @throws RuntimeError NOT_FOUND (no such name) | UNREACHABLE (it does not run) */
export function connect(options: IConnectOptions): RuntimesClient {
  return options.service === undefined || options.service === 'embedded'
    ? connectLocal(options.dataDir ?? embeddedDataDir())
    : connectNamed(options.service);
}

function connectLocal(dataDir: string): RuntimesClient {
  try {
    const file = JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as IServiceFile;
    const token = readFileSync(file.token_file, 'utf8').trim();
    return new RuntimesClient({ baseUrl: file.url, fetch, token, label: 'of this computer' });
  } catch (error) {
    throw new RuntimeError(
      'UNREACHABLE',
      `No runtime service runs for ${dataDir}: start JupyterLab, or run \`jupyter runtimes serve\` and name its --data-dir.`,
      { cause: error }
    );
  }
}

function connectNamed(name: string): RuntimesClient {
  const services = readServices(servicesPath());
  const entry = services.find(candidate => candidate.name === name);
  if (!entry) {
    const known = services.map(candidate => candidate.name).join(', ') || 'none';
    throw new RuntimeError(
      'NOT_FOUND',
      `There is no service "${name}" (known: ${known}): add it with \`jupyter runtimes login ${name} URL\`.`
    );
  }
  return new RuntimesClient({
    baseUrl: entry.url,
    fetch: trustingFetch(entry.ca_file),
    token: entry.token,
    label: entry.label || name
  });
}
