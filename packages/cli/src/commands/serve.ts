/** `serve`: run the service on its own, for others to log in to. */
import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { jupyterDataDir } from '../jupyterPaths.js';

interface IOptions {
  readonly host: string;
  readonly port: string;
  readonly python: string;
  readonly dataDir: string;
  readonly rootDir: string;
  readonly logLevel: string;
  readonly environments?: string;
  readonly environmentVariables?: string;
  readonly home: string;
  readonly warm: string;
}

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on, 0 for any free one', '8899')
    .option(
      '--python <python>',
      'the Python of the built-in environment',
      process.env['JUPYTERLAB_RUNTIMES_PYTHON'] ?? 'python3'
    )
    .option(
      '--data-dir <dir>',
      'folder for records, logs and output',
      join(jupyterDataDir(), 'runtimes-served')
    )
    .option('--root-dir <dir>', 'working directory of kernels', process.cwd())
    .option(
      '--environments <dir>',
      'manifests of environments (default: environments in the data folder)'
    )
    .option(
      '--environment-variables <list>',
      'variables of this service that these may use as ${VAR}, with commas between them'
    )
    .option('--home <word>', 'home folder of runtimes: user or private', 'user')
    .option('--warm <n>', 'runtimes of an environment kept started for the next launch', '0')
    .option('--log-level <level>', 'trace, debug, info, warn, error', 'warn')
    .description('run a runtime service that JupyterLabs on other machines can log in to')
    .action(serve);
}

/** Runs until the service ends, with its exit code. */
async function serve(options: IOptions): Promise<void> {
  const bundle =
    process.env['JUPYTERLAB_RUNTIMES_SERVICE_BUNDLE'] ??
    fileURLToPath(new URL('service.mjs', import.meta.url));
  if (!existsSync(bundle)) {
    throw new RuntimeError(
      'START_FAILED',
      `The file ${bundle} is missing: install jupyterlab_runtimes again.`
    );
  }
  const service = spawn(
    process.execPath,
    [
      bundle,
      ...['--host', options.host, '--port', options.port, '--python', options.python],
      ...[
        '--data-dir',
        options.dataDir,
        '--root-dir',
        options.rootDir,
        '--log-level',
        options.logLevel,
        '--home',
        options.home,
        '--warm',
        options.warm,
        ...(options.environments === undefined ? [] : ['--environments', options.environments]),
        ...(options.environmentVariables === undefined
          ? []
          : ['--environment-variables', options.environmentVariables])
      ]
    ],
    { stdio: 'inherit' }
  );
  // Ctrl-C reaches both through the terminal; other signals only this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => signal !== 'SIGINT' && service.kill(signal));
  }
  process.exitCode = await new Promise<number>((resolve, reject) => {
    service.once('error', reject);
    service.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}
