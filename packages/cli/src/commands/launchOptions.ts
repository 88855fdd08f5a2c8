/** What can be chosen at a launch, as options of a command. */
import { InvalidArgumentError, Option, type Command } from 'commander';

import type { EndAction, ILaunchRequest, IRuntimeChange } from '@jupyterlab-runtimes/core';

import { idleMinutes, minutes } from './minutes.js';

export interface ILaunchFlags {
  readonly name?: string;
  readonly minutes?: number;
  readonly onExpiry?: EndAction;
  readonly extendsItself?: boolean;
  readonly idle?: number;
  readonly onIdle?: EndAction;
  readonly storage?: boolean;
  readonly resource?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly label?: Readonly<Record<string, string>>;
  readonly snapshot?: string;
}

const ENDS = ['pause', 'terminate'];

export function addLaunchOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what to call it')
    .option('--minutes <minutes>', "how long it may run (default: the environment's)", minutes)
    .addOption(new Option('--on-expiry <action>', 'what happens then').choices(ENDS))
    .option('--extends-itself', 'more time by itself while nobody waits, if the operator allows it')
    .option('--idle <minutes>', 'how long it may do nothing; 0: for ever', idleMinutes)
    .addOption(new Option('--on-idle <action>', 'what happens then').choices(ENDS))
    .option('--storage', 'with ~/persistent, kept between your runtimes')
    .option('--resource <name=quantity>', 'e.g. memory=4Gi; again for another', pair)
    .option('--env <name=value>', 'an environment variable; again for another', pair)
    .option('--label <name=value>', 'a note for programs; again for another', pair)
    .option('--snapshot <id>', 'start with these variables');
}

export function launchRequest(environmentName: string, flags: ILaunchFlags): ILaunchRequest {
  const { minutes: reserved, idle, onExpiry, onIdle, extendsItself, storage } = flags;
  const { resource, env, label, snapshot, name } = flags;
  return {
    environment_name: environmentName,
    ...(name === undefined ? {} : { given_name: name }),
    ...(reserved === undefined ? {} : { reservation_minutes: reserved }),
    ...(onExpiry === undefined ? {} : { on_expiry: onExpiry }),
    ...(extendsItself === undefined ? {} : { extends_itself: extendsItself }),
    ...(idle === undefined ? {} : { idle_timeout_seconds: Math.round(idle * 60) }),
    ...(onIdle === undefined ? {} : { idle_action: onIdle }),
    ...(storage === undefined ? {} : { persistent_storage: storage }),
    ...(resource === undefined ? {} : { resources: { ...resource } }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(label === undefined ? {} : { labels: { ...label } }),
    ...(snapshot === undefined ? {} : { snapshot_id: snapshot })
  };
}

/** What of it can be changed later. */
export function addChangeOptions(command: Command): Command {
  return command
    .addOption(new Option('--on-expiry <action>', 'at the end of its time').choices(ENDS))
    .option('--extends-itself', 'more time by itself while nobody waits, if the operator allows it')
    .option('--no-extends-itself', 'no time by itself')
    .option('--idle <minutes>', 'how long it may do nothing; 0: for ever', idleMinutes)
    .addOption(new Option('--on-idle <action>', 'what happens then').choices(ENDS));
}

export function changeRequest({
  onExpiry,
  extendsItself,
  idle,
  onIdle
}: ILaunchFlags): IRuntimeChange {
  return {
    ...(onExpiry === undefined ? {} : { on_expiry: onExpiry }),
    ...(extendsItself === undefined ? {} : { extends_itself: extendsItself }),
    ...(idle === undefined ? {} : { idle_timeout_seconds: Math.round(idle * 60) }),
    ...(onIdle === undefined ? {} : { idle_action: onIdle })
  };
}

function pair(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new InvalidArgumentError('Give a name and a value, with = between them.');
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
