/** `serve`: run the service on its own, for others to log in to. */
import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { RuntimeError, SERVICE_NODE_ARGUMENTS } from '@jupyterlab-runtimes/core';

import { jupyterDataDir } from '../jupyterPaths.js';

/** Options of the service itself, which says what they mean and what it refuses. */
const PASSED: readonly (readonly [flag: string, description: string])[] = [
  ['--environments <dir>', 'manifests of environments (default: environments in the data folder)'],
  [
    '--environment-variables <list>',
    'variables of this service that these may use as ${VAR}, with commas between them'
  ],
  ['--home <word>', 'home folder of runtimes: user or private (default: user)'],
  ['--warm <n>', 'runtimes of an environment kept started for the next launch (default: 0)'],
  ['--warm-after <s>', 'seconds from the start to the first of these (default: 2)'],
  ['--control-groups <word>', 'limits are enforced by control groups: yes or no (default: yes)'],
  ['--default-minutes <n>', 'time of a launch that does not say, 0 for no limit (default: 0)'],
  ['--max-minutes <n>', 'nobody gets more, 0 for no limit (default: 0)'],
  ['--self-extension <word>', 'reservations may extend by themselves: yes or no (default: yes)'],
  ['--warning-minutes <list>', 'an owner is warned so many minutes ahead (default: 10,5,1)'],
  ['--grace-minutes <n>', 'what a cell that runs at the end of the time gets (default: 5)'],
  ['--safety-minutes <n>', 'between two safety copies, 0 for none (default: 10)'],
  ['--safety-copies <n>', 'so many of them are kept (default: 3)'],
  ['--snapshot-quota-mib <n>', "one owner's snapshots take at most, 0 for no bound (default: 0)"],
  ['--snapshot-days <n>', 'automatic snapshots of runtimes that are gone stay (default: 30)'],
  [
    '--peers <list>',
    'URLs of other services that variables may be sent to straight (default: none)'
  ],
  ['--on-stop <word>', 'what a signal does to runtimes: keep or pause (default: pause)']
];

export function addServeCommand(program: Command): void {
  const command = program
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
    .option('--root-dir <dir>', 'working directory of kernels', process.cwd());
  PASSED.forEach(([flag, description]) => command.option(flag, description));
  command
    .option('--log-level <level>', 'trace, debug, info, warn, error', 'warn')
    .description('run a runtime service that JupyterLabs on other machines can log in to')
    .action((_options: unknown, { options }: Command) =>
      serve(
        options.flatMap(option => {
          const value: unknown = command.getOptionValue(option.attributeName());
          return typeof value === 'string' && option.long ? [option.long, value] : [];
        })
      )
    );
}

/** Runs until the service ends, with its exit code. */
async function serve(options: readonly string[]): Promise<void> {
  const bundle =
    process.env['JUPYTERLAB_RUNTIMES_SERVICE_BUNDLE'] ??
    fileURLToPath(new URL('service.mjs', import.meta.url));
  if (!existsSync(bundle)) {
    throw new RuntimeError(
      'START_FAILED',
      `The file ${bundle} is missing: install jupyterlab_runtimes again.`
    );
  }
  const command = [...SERVICE_NODE_ARGUMENTS, bundle, ...options];
  const service = spawn(process.execPath, command, { stdio: 'inherit' });
  // Ctrl-C reaches both through the terminal; other signals only this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => signal !== 'SIGINT' && service.kill(signal));
  }
  process.exitCode = await new Promise<number>((resolve, reject) => {
    service.once('error', reject);
    service.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}
