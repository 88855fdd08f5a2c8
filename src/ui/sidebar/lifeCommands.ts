/** The commands for a runtime's time, state and log. */
import { isEnd } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';
import { editIcon, listIcon, pauseIcon, runIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { CommandId } from '../../commands';
import { CommandIDs } from '../../commands';
import type { IRuntimeModel } from '../../tokens';
import type { FindRuntime } from '../findRuntime';
import { extendIcon } from '../icons';
import { EXTENSION_MINUTES } from '../life';
import { span } from '../time';
import type { RuntimeActions } from './actions';

const MINUTE_MS = 60_000;

export interface ILifeCommandPorts {
  readonly add: (
    id: CommandId,
    options: Omit<CommandRegistry.ICommandOptions, 'describedBy'>
  ) => void;
  readonly find: FindRuntime;
  readonly actions: RuntimeActions;
  readonly trans: TranslationBundle;
  readonly showLogs: (runtime: IRuntimeModel) => Promise<void>;
}

export function addLifeCommands(ports: ILifeCommandPorts): void {
  const { add, find, actions, trans, showLogs } = ports;
  const minutesOf = ({ minutes }: ReadonlyPartialJSONObject) =>
    typeof minutes === 'number' ? minutes : undefined;
  const room = (runtime: IRuntimeModel | undefined) => {
    const { minutes = 0, maxMinutes = 0 } = runtime?.life?.reservation ?? {};
    return maxMinutes - minutes;
  };
  add(CommandIDs.extend, {
    label: args =>
      trans.__(
        'Extend Runtime by %1',
        span((minutesOf(args) ?? EXTENSION_MINUTES) * MINUTE_MS, trans)
      ),
    caption: trans.__('Let the runtime run for longer'),
    icon: extendIcon,
    isEnabled: args => {
      const runtime = find(args);
      return (runtime?.can('extend') ?? false) && room(runtime) >= (minutesOf(args) ?? 1);
    },
    execute: args => withRuntime(find(args), runtime => actions.extend(runtime, minutesOf(args)))
  });
  add(CommandIDs.extendItself, {
    label: trans.__('Extend by Itself'),
    caption: trans.__('Let it run on while nobody else waits for a place'),
    isToggleable: true,
    isToggled: args => find(args)?.life?.reservation?.extendsItself ?? false,
    isEnabled: args => canChange(find(args)) && find(args)?.life?.reservation != null,
    execute: args =>
      withRuntime(find(args), runtime =>
        actions.change(runtime, { extendsItself: !runtime.life?.reservation?.extendsItself })
      )
  });
  add(CommandIDs.edit, {
    label: trans.__('Change Name, End and Idle Time…'),
    caption: trans.__('Its name, what happens at the end of its time, and how long it may idle'),
    icon: editIcon,
    isEnabled: args => canChange(find(args)),
    execute: args => withRuntime(find(args), runtime => actions.edit(runtime))
  });
  add(CommandIDs.pause, {
    label: trans.__('Pause Runtime'),
    caption: trans.__('Save the variables, then stop; resume to go on with them'),
    icon: pauseIcon,
    isEnabled: args => find(args)?.can('pause') ?? false,
    execute: args => withRuntime(find(args), runtime => actions.pause(runtime))
  });
  add(CommandIDs.resume, {
    label: trans.__('Resume Runtime'),
    caption: trans.__('Go on with the saved variables'),
    icon: runIcon,
    isEnabled: args => find(args)?.can('resume') ?? false,
    execute: args => withRuntime(find(args), runtime => actions.resume(runtime))
  });
  add(CommandIDs.showLogs, {
    label: trans.__('Show Log of Runtime'),
    caption: trans.__('What the runtime’s server says, as it says it'),
    icon: listIcon,
    isEnabled: args => find(args)?.provider.logs !== undefined,
    execute: args => withRuntime(find(args), showLogs)
  });
}

function canChange(runtime: IRuntimeModel | undefined): boolean {
  return runtime?.provider.change !== undefined && !isEnd(runtime.state);
}

async function withRuntime(
  runtime: IRuntimeModel | undefined,
  act: (runtime: IRuntimeModel) => Promise<void>
): Promise<void> {
  if (runtime !== undefined) {
    await act(runtime);
  }
}
