/** `jupyter runtimes`: the command line of runtime services. */
import { Command } from 'commander';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { addEnvironmentCommands } from './commands/environments.js';
import { addLifeCommands } from './commands/life.js';
import { addRuntimeCommands } from './commands/runtimes.js';
import { addServeCommand } from './commands/serve.js';
import { addServiceCommands } from './commands/services.js';
import { addSnapshotCommands } from './commands/snapshots.js';
import { addTokenCommands } from './commands/tokens.js';
import { VERSION } from './version.js';

/** Options of every command that talks to a service. */
const common = (command: Command): Command =>
  command
    .option(
      '-s, --service <name>',
      'a service that was logged in to (default: the one of this computer)'
    )
    .option('--data-dir <dir>', 'data folder of a service of this computer')
    .option('--json', 'print JSON');

async function main(): Promise<void> {
  const program = new Command('jupyter runtimes')
    .description(
      'Runtimes of JupyterLab: start, list and end them; run and choose runtime services.'
    )
    .version(VERSION)
    .showHelpAfterError();
  addRuntimeCommands(program, common);
  addEnvironmentCommands(program, common);
  addLifeCommands(program, common);
  addSnapshotCommands(program, common);
  addTokenCommands(program, common);
  addServiceCommands(program, common);
  addServeCommand(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof RuntimeError)) {
      throw error;
    }
    process.stderr.write(`${error.code}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

await main();
