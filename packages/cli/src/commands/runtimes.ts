/** `ls`, `launch`, `interrupt`, `restart`, `terminate`. */
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';

import {
  END_STATES,
  RuntimeError,
  type IRuntimeResource,
  type RuntimesClient
} from '@jupyterlab-runtimes/core';

import { connect, type IConnectOptions } from '../connect.js';
import { findRuntime } from '../findRuntime.js';
import { age, print, printJson, table } from '../output.js';

interface IOptions extends IConnectOptions {
  readonly json?: boolean;
}

/** How often a launch is looked at, milliseconds. */
const POLL_MS = 200;

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

  common(
    program
      .command('launch')
      .argument('[environment]', 'name of an environment')
      .description('start a runtime')
  )
    .option('--name <name>', 'what to call it')
    .option('--no-wait', "don't wait until its kernel answers")
    .action(
      async (
        environment: string | undefined,
        options: IOptions & { name?: string; wait: boolean }
      ) => {
        const client = connect(options);
        const name =
          environment ??
          (await client.listEnvironments()).find(each => each.is_default)?.name ??
          'python';
        const request = {
          environment_name: name,
          ...(options.name === undefined ? {} : { given_name: options.name })
        };
        const launched = await client.launch(request, { idempotencyKey: randomUUID() });
        const runtime = options.wait
          ? await untilSettled(client, launched, !options.json)
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
    ['ID', 'NAME', 'ENVIRONMENT', 'STATE', 'KERNEL', 'AGE', 'ACTIVE'],
    runtimes.map(each => [
      each.id,
      each.given_name,
      each.environment_name,
      each.state + (each.state_reason ? ` (${each.state_reason.split('\n', 1)[0]})` : ''),
      each.kernel?.execution_state ?? '–',
      age(each.created_at, now),
      age(each.last_activity, now)
    ])
  );
}

/** @throws RuntimeError START_FAILED with the service's reason. */
async function untilSettled(
  client: RuntimesClient,
  launched: IRuntimeResource,
  shows: boolean
): Promise<IRuntimeResource> {
  let said = '';
  for (;;) {
    const runtime = await client.getRuntime(launched.id);
    if (runtime.state === 'running') {
      return runtime;
    }
    if (END_STATES.includes(runtime.state)) {
      throw new RuntimeError(
        'START_FAILED',
        runtime.state_reason || `The runtime is ${runtime.state}.`
      );
    }
    const message = runtime.progress?.message ?? '';
    if (shows && message !== said && process.stderr.isTTY) {
      process.stderr.write(`${message}\n`);
      said = message;
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}
