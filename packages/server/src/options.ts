/** The command line of the service. */
import { tmpdir, homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { RuntimeError } from '@jupyterlab-runtimes/core';

export interface IServiceOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly python: string;
  /** Working directory of kernels, and root of their files. */
  readonly rootDir: string;
  /** Started by a Jupyter Server for its user, not by a person. */
  readonly isEmbedded: boolean;
  readonly logLevel: string;
  /** Bound of what is kept of one runtime's output, bytes. */
  readonly journalBytes: number;
  readonly launchTimeoutMs: number;
}

export const USAGE = `Usage: service.mjs --data-dir DIR --python PYTHON [options]

  --data-dir DIR         records, logs and output of runtimes (one service per folder)
  --python PYTHON        the Python of the built-in environment; it needs jupyter_server and ipykernel
  --root-dir DIR         working directory of kernels and root of their files   (default: the home folder)
  --host HOST            address to listen on                                   (default: 127.0.0.1)
  --port PORT            port to listen on, 0 for any free one                  (default: 0)
  --journal-mib N        bound of what is kept of one runtime's output, MiB     (default: 256)
  --launch-timeout S     a launch takes at most, seconds                        (default: 60)
  --log-level LEVEL      trace, debug, info, warn, error                        (default: info)
  --embedded             started by a Jupyter Server
`;

const MIB = 1024 * 1024;

/** @throws RuntimeError INVALID_REQUEST naming the option. */
export function parseOptions(args: readonly string[]): IServiceOptions {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        'data-dir': { type: 'string' },
        python: { type: 'string' },
        'root-dir': { type: 'string', default: homedir() || tmpdir() },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        'journal-mib': { type: 'string', default: '256' },
        'launch-timeout': { type: 'string', default: '60' },
        'log-level': { type: 'string', default: 'info' },
        embedded: { type: 'boolean', default: false }
      }
    }));
  } catch (error) {
    throw new RuntimeError('INVALID_REQUEST', `${(error as Error).message}\n\n${USAGE}`, {
      cause: error
    });
  }
  return {
    dataDir: resolve(required(values, 'data-dir')),
    python: required(values, 'python'),
    rootDir: resolve(String(values['root-dir'])),
    host: String(values['host']),
    port: number(values, 'port', 0, 65535),
    journalBytes: number(values, 'journal-mib', 1, 1024 * 1024) * MIB,
    launchTimeoutMs: number(values, 'launch-timeout', 1, 86_400) * 1000,
    logLevel: String(values['log-level']),
    isEmbedded: values['embedded'] === true
  };
}

function required(values: Record<string, unknown>, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') {
    throw new RuntimeError('INVALID_REQUEST', `The option --${name} is missing.\n\n${USAGE}`);
  }
  return value;
}

function number(values: Record<string, unknown>, name: string, min: number, max: number): number {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `The option --${name} takes a number from ${min} to ${max}.`
    );
  }
  return value;
}
