/** The commands of runtimes, with labels that name the runtime. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { DisposableSet } from '@lumino/disposable';

import type { RuntimeAction } from '@jupyterlab-runtimes/core';

import type { CommandId } from '../../commands';
import { ARGS_SCHEMAS, CommandIDs } from '../../commands';
import type { IRuntimeChoice, IRuntimeManager, IRuntimeModel } from '../../tokens';
import type { FindRuntime } from '../findRuntime';
import { restartClearIcon, runtimesIcon } from '../icons';
import type { RuntimeActions } from './actions';
import { addLifeCommands } from './lifeCommands';

export interface ICommandPorts {
  readonly commands: CommandRegistry;
  readonly manager: IRuntimeManager;
  readonly actions: RuntimeActions;
  readonly trans: TranslationBundle;
  /** The session of the document that the user works in. */
  readonly currentSession: () => ISessionContext | null;
  readonly find: FindRuntime;
  readonly start: (choice: IRuntimeChoice) => Promise<void>;
  /** Let the user choose, or give the session the runtime. */
  readonly switchTo: (session: ISessionContext, runtime: IRuntimeModel | null) => Promise<void>;
  readonly showLogs: (runtime: IRuntimeModel) => Promise<void>;
  /** Null where the panel can't be shown. */
  readonly openPanel: (() => void) | null;
}

/** @returns What takes the commands out again. */
export function addCommands(ports: ICommandPorts): DisposableSet {
  const { commands, manager, actions, trans, find } = ports;
  const added = new DisposableSet();
  const add = (id: CommandId, options: Omit<CommandRegistry.ICommandOptions, 'describedBy'>) =>
    added.add(commands.addCommand(id, { ...options, describedBy: { args: ARGS_SCHEMAS[id] } }));

  const addAction = (
    id: CommandId,
    action: RuntimeAction,
    options: { label: string; caption: string; icon: CommandRegistry.ICommandOptions['icon'] },
    run: (runtime: IRuntimeModel) => Promise<void>
  ) =>
    add(id, {
      ...options,
      isEnabled: args => find(args)?.can(action) ?? false,
      execute: async args => {
        const runtime = find(args);
        if (runtime !== undefined) {
          await run(runtime);
        }
      }
    });

  addAction(
    CommandIDs.interrupt,
    'interrupt',
    {
      label: trans.__('Interrupt Runtime'),
      caption: trans.__('Stop the cell that runs, and keep the variables'),
      icon: stopIcon
    },
    runtime => actions.interrupt(runtime)
  );
  addAction(
    CommandIDs.restart,
    'restart',
    {
      label: trans.__('Restart Runtime…'),
      caption: trans.__('Start the kernel afresh; its variables are lost'),
      icon: refreshIcon
    },
    runtime => actions.restart(runtime)
  );
  addAction(
    CommandIDs.restartAndClear,
    'restart',
    {
      label: trans.__('Restart Runtime and Clear Outputs…'),
      caption: trans.__(
        'Start the kernel afresh, and clear the outputs of every notebook that uses it'
      ),
      icon: restartClearIcon
    },
    runtime => actions.restartAndClear(runtime)
  );
  addAction(
    CommandIDs.terminate,
    'terminate',
    {
      label: trans.__('Terminate Runtime…'),
      caption: trans.__('End the runtime; its variables are lost'),
      icon: closeIcon
    },
    runtime => actions.terminate(runtime)
  );

  addLifeCommands({ ...ports, add });

  const choiceOf = ({ kernelName }: ReadonlyPartialJSONObject) =>
    manager.choices.find(choice => choice.kernelName === kernelName);
  add(CommandIDs.start, {
    label: args => choiceOf(args)?.title ?? trans.__('Start Runtime'),
    caption: args =>
      choiceOf(args)?.description ?? trans.__('Start a runtime that no notebook uses yet'),
    isEnabled: args => choiceOf(args)?.unavailableReason === '',
    execute: async args => {
      const choice = choiceOf(args);
      if (choice !== undefined) {
        await ports.start(choice);
      }
    }
  });
  add(CommandIDs.switch, {
    label: trans.__('Choose Runtime…'),
    caption: trans.__('Choose where this notebook runs'),
    isEnabled: () => ports.currentSession() !== null,
    execute: async ({ key }) => {
      const session = ports.currentSession();
      const runtime = manager.runtimes.find(one => one.key === key) ?? null;
      if (session !== null && (runtime !== null || key === undefined)) {
        await ports.switchTo(session, runtime);
      }
    }
  });
  add(CommandIDs.refresh, {
    label: trans.__('Refresh Runtimes'),
    caption: trans.__('Ask every place again what runs there'),
    icon: refreshIcon,
    execute: () => actions.refresh()
  });
  add(CommandIDs.openPanel, {
    label: trans.__('Show Runtimes'),
    caption: trans.__('Show the runtimes of all places in the sidebar'),
    icon: runtimesIcon,
    isVisible: () => ports.openPanel !== null,
    isEnabled: () => ports.openPanel !== null,
    execute: () => ports.openPanel?.()
  });
  return added;
}
