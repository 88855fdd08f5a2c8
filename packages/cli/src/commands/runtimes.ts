/** `ls`, `launch`, `interrupt`, `restart`, `terminate`. */
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';

import type { IRuntimeResource, RuntimesClient } from '@jupyterlab-runtimes/core';

import { connect, type IConnectOptions } from '../connect.js';
import { findRuntime } from '../findRuntime.js';
import { age, print, printJson, table, timeLeft } from '../output.js';
import { untilState } from '../untilState.js';
import { addLaunchOptions, launchRequest, type ILaunchFlags } from './launchOptions.js';

interface IOptions extends IConnectOptions {
  readonly json?: boolean;
}

export function addRuntimeCommands(program: Command, common: (command: Command) => Command): void {
  common(program.command('ls').alias('list').description('list runtimes')).action(
    async (options: IOptions) => {
      const runtimes = await connect(options).listRuntimes();
      if (options.json) {
        printJson(runtimes);
      } else {
        print(runtimes.length === 0 ? 'No runtimes.' : runtimeTable(runtimes));
      }
    }
  );

  addLaunchOptions(
    common(
      program
        .command('launch')
        .argument('[environment]', 'name of an environment')
        .description('start a runtime')
    )
  )
    .option('--no-wait', "don't wait until its kernel answers")
    .action(
      async (
        environment: string | undefined,
        options: IOptions & ILaunchFlags & { wait: boolean }
      ) => {
        const client = connect(options);
        const name =
          environment ??
          (await client.listEnvironments()).find(each => each.is_default)?.name ??
          'python';
        const launched = await client.launch(launchRequest(name, options), {
          idempotencyKey: randomUUID()
        });
        const runtime = options.wait
          ? await untilState(client, launched, ['running'], !options.json && process.stderr.isTTY)
          : launched;
        if (options.json) {
          printJson(runtime);
        } else {
          print(`${runtime.given_name} (${runtime.id}) is ${runtime.state}.`);
        }
      }
    );

  const action = (
    name: string,
    description: string,
    act: (client: RuntimesClient, id: string) => Promise<unknown>
  ): void => {
    common(
      program
        .command(name)
        .argument('<runtime>', 'id, beginning of an id, or name')
        .description(description)
    ).action(async (wanted: string, options: IOptions) => {
      const client = connect(options);
      const { id, given_name: givenName } = await findRuntime(client, wanted);
      await act(client, id);
      if (options.json) {
        printJson(await client.getRuntime(id).catch(() => null));
      } else {
        print(`${givenName} (${id}): ${name} was asked for.`);
      }
    });
  };
  action('interrupt', 'stop what its kernel runs; variables stay', (client, id) =>
    client.interrupt(id)
  );
  action('restart', 'give it a new kernel; variables are lost', (client, id) => client.restart(id));
  action('terminate', 'end it; variables are lost', (client, id) => client.terminate(id));
}

function runtimeTable(runtimes: readonly IRuntimeResource[]): string {
  const now = new Date();
  return table(
    ['ID', 'NAME', 'ENVIRONMENT', 'STATE', 'KERNEL', 'LEFT', 'AGE', 'ACTIVE'],
    runtimes.map(each => [
      each.id,
      each.given_name,
      each.environment_name,
      each.state + (each.state_reason ? ` (${each.state_reason.split('\n', 1)[0]})` : ''),
      each.kernel?.execution_state ?? '–',
      timeLeft(each, now),
      age(each.created_at, now),
      age(each.last_activity, now)
    ])
  );
}
