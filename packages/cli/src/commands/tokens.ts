/** `tokens ls|create|delete`: who else may use a service. */
import { Option, type Command } from 'commander';

import { TOKEN_SCOPES, type IToken, type TokenScope } from '@jupyterlab-runtimes/core';

import { connect, type IConnectOptions } from '../connect.js';
import { age, print, printJson, table } from '../output.js';
import { minutes } from './minutes.js';

interface IOptions extends IConnectOptions {
  readonly json?: boolean;
}

export function addTokenCommands(program: Command, common: (command: Command) => Command): void {
  const tokens = program.command('tokens').description('who may use a service, and for what');

  common(tokens.command('ls').alias('list').description('list tokens, not what they are')).action(
    async (options: IOptions) => {
      const all = await connect(options).tokens.list();
      if (options.json) {
        printJson(all);
      } else {
        print(all.length === 0 ? 'No tokens beside the one of the data folder.' : tokenTable(all));
      }
    }
  );

  common(
    tokens
      .command('create')
      .argument('<owner>', 'whose runtimes, snapshots and environments it opens')
      .description('make a token; it is shown this once')
  )
    .addOption(
      new Option('--scope <scope>', 'look only, use, or also manage the service')
        .choices(TOKEN_SCOPES)
        .default('use')
    )
    .option(
      '--minutes <minutes>',
      'how long it is good for (default: until it is deleted)',
      minutes
    )
    .option('--note <text>', 'what it is for')
    .action(
      async (
        owner: string,
        options: IOptions & { scope: TokenScope; minutes?: number; note?: string }
      ) => {
        const token = await connect(options).tokens.create({
          owner,
          scopes: [options.scope],
          ...(options.minutes === undefined ? {} : { expires_in_minutes: options.minutes }),
          ...(options.note === undefined ? {} : { note: options.note })
        });
        if (options.json) {
          printJson(token);
          return;
        }
        process.stderr.write(`Token ${token.id} of ${owner}, shown this once:\n`);
        print(token.token);
      }
    );

  common(
    tokens
      .command('delete')
      .argument('<id>', 'as `tokens ls` shows it')
      .description('take a token back: what was opened with it ends')
  ).action(async (id: string, options: IOptions) => {
    await connect(options).tokens.delete(id);
    if (options.json) {
      printJson({ id });
    } else {
      print(`The token ${id} opens nothing any more.`);
    }
  });
}

function tokenTable(tokens: readonly IToken[]): string {
  const now = new Date();
  return table(
    ['ID', 'OWNER', 'SCOPES', 'AGE', 'UNTIL', 'NOTE'],
    tokens.map(each => [
      each.id,
      each.owner,
      each.scopes.join(','),
      age(each.created_at, now),
      each.expires_at ?? '–',
      each.note
    ])
  );
}
