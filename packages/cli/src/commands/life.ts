/** `extend`, `pause`, `resume`, `logs`: a runtime's time, its rest, and what it says. */
import { InvalidArgumentError, type Command } from 'commander';

import {
  RuntimeError,
  type IRuntimeResource,
  type RuntimesClient
} from '@jupyterlab-runtimes/core';

import { connect, type IConnectOptions } from '../connect.js';
import { findRuntime } from '../findRuntime.js';
import { timeLeft, print, printJson } from '../output.js';
import { untilState } from '../untilState.js';
import { addChangeOptions, changeRequest, type ILaunchFlags } from './launchOptions.js';
import { minutes } from './minutes.js';

interface IOptions extends IConnectOptions {
  readonly json?: boolean;
}

export function addLifeCommands(program: Command, common: (command: Command) => Command): void {
  const onRuntime = (name: string, description: string): Command =>
    common(
      program
        .command(name)
        .argument('<runtime>', 'id, beginning of an id, or name')
        .description(description)
    );

  onRuntime('extend', 'reserve more time for it')
    .argument('<minutes>', 'how many more', minutes)
    .action(async (wanted: string, more: number, options: IOptions) => {
      const client = connect(options);
      const { id } = await findRuntime(client, wanted);
      tell(await client.extend(id, more), options);
    });

  onRuntime('pause', 'save its variables, then end its process; its time stands still')
    .option('--leave <names...>', 'variables that may stay behind')
    .option('--leave-all', 'whatever cannot be saved may stay behind')
    .option('--no-wait', "don't wait until it is paused")
    .action(
      async (
        wanted: string,
        options: IOptions & { leave?: string[]; leaveAll?: boolean; wait: boolean }
      ) => {
        const client = connect(options);
        const { id } = await findRuntime(client, wanted);
        const asked = await client.pause(id, {
          ...(options.leave === undefined ? {} : { leave: options.leave }),
          ...(options.leaveAll === undefined ? {} : { leave_all: options.leaveAll })
        });
        const runtime = options.wait ? await whenSettled(client, asked, 'paused') : asked;
        tell(runtime, options);
      }
    );

  onRuntime('resume', 'a new process with the saved variables and the remaining time')
    .option('--no-wait', "don't wait until its kernel answers")
    .action(async (wanted: string, options: IOptions & { wait: boolean }) => {
      const client = connect(options);
      const { id } = await findRuntime(client, wanted);
      const asked = await client.resume(id);
      tell(options.wait ? await whenSettled(client, asked, 'running') : asked, options);
    });

  onRuntime('rename', 'call it otherwise')
    .argument('<name>', 'what to call it')
    .action(async (wanted: string, name: string, options: IOptions) => {
      const client = connect(options);
      const { id } = await findRuntime(client, wanted);
      tell(await client.change(id, { given_name: name }), options);
    });

  addChangeOptions(onRuntime('change', 'other rules for its end')).action(
    async (wanted: string, options: IOptions & ILaunchFlags) => {
      const change = changeRequest(options);
      if (Object.keys(change).length === 0) {
        throw new RuntimeError(
          'INVALID_REQUEST',
          'Nothing is to be changed: give --on-expiry, --idle, --on-idle or --extends-itself.'
        );
      }
      const client = connect(options);
      const { id } = await findRuntime(client, wanted);
      tell(await client.change(id, change), options);
    }
  );

  onRuntime('logs', 'what its Jupyter Server said')
    .option('-f, --follow', 'go on until it has ended')
    .option('--tail <lines>', 'at most so many lines of the end (default: 1000)', lines)
    .action(async (wanted: string, options: IOptions & { follow?: boolean; tail?: number }) => {
      const client = connect(options);
      const { id } = await findRuntime(client, wanted);
      const { tail, follow } = options;
      for await (const text of client.logs(id, {
        ...(tail === undefined ? {} : { tail }),
        ...(follow === undefined ? {} : { follow })
      })) {
        process.stdout.write(text);
      }
    });
}

/** @throws RuntimeError NOT_RUNNING when it went somewhere else. */
async function whenSettled(
  client: RuntimesClient,
  asked: IRuntimeResource,
  wanted: 'paused' | 'running'
): Promise<IRuntimeResource> {
  const runtime = await untilState(client, asked, ['running', 'paused'], process.stderr.isTTY);
  if (runtime.state !== wanted) {
    throw new RuntimeError(
      'NOT_RUNNING',
      runtime.state_reason || `"${runtime.given_name}" is ${runtime.state}.`
    );
  }
  return runtime;
}

function tell(runtime: IRuntimeResource, options: IOptions): void {
  if (options.json) {
    printJson(runtime);
    return;
  }
  const left = timeLeft(runtime, new Date());
  const rest = left === '–' ? '' : ` (${left} left)`;
  print(`${runtime.given_name} (${runtime.id}) is ${runtime.state}${rest}.`);
}

function lines(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('Give a number of lines.');
  }
  return value;
}
