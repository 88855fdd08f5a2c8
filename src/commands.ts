/** The commands of runtimes: their ids, and the JSON schema of their arguments. */
import type { ReadonlyJSONObject } from '@lumino/coreutils';

export const CommandIDs = {
  interrupt: 'runtimes:interrupt',
  restart: 'runtimes:restart',
  restartAndClear: 'runtimes:restart-and-clear',
  terminate: 'runtimes:terminate',
  extend: 'runtimes:extend',
  extendItself: 'runtimes:extend-itself',
  edit: 'runtimes:edit',
  pause: 'runtimes:pause',
  resume: 'runtimes:resume',
  showLogs: 'runtimes:show-logs',
  showFiles: 'runtimes:show-files',
  launchWithOptions: 'runtimes:launch-with-options',
  insertSnippet: 'runtimes:insert-snippet',
  openExample: 'runtimes:open-example',
  start: 'runtimes:start',
  switch: 'runtimes:switch',
  bringVariables: 'runtimes:bring-variables',
  takeSnapshot: 'runtimes:take-snapshot',
  showSnapshots: 'runtimes:show-snapshots',
  showSenders: 'runtimes:show-trusted-senders',
  refresh: 'runtimes:refresh',
  openPanel: 'runtimes:open-panel'
} as const;

export type CommandId = (typeof CommandIDs)[keyof typeof CommandIDs];

/** Which runtime a command is about. */
export interface IRuntimeArgs {
  /** The runtime's key, as `IRuntimeModel.key`. */
  readonly key?: string;
  /** Without a key: the runtime of the current document (default), or the one
   *  whose context menu is open. */
  readonly of?: 'current-document' | 'context-menu';
}

const RUNTIME: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    key: { type: 'string', description: 'The runtime’s key.' },
    of: {
      type: 'string',
      enum: ['current-document', 'context-menu'],
      default: 'current-document',
      description:
        'Without a key: the runtime of the current document, or the one whose context menu is open.'
    }
  }
};

const EXTENSION: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    ...(RUNTIME.properties as ReadonlyJSONObject),
    minutes: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'How much longer it may run; default: 30, or what is left of its maximum.'
    }
  }
};

const KERNEL_NAME: ReadonlyJSONObject = {
  type: 'string',
  description: 'The kernelspec’s name, qualified by its provider: `browser:python`.'
};

const NOTHING: ReadonlyJSONObject = { type: 'object', properties: {} };

/** For `describedBy`. */
export const ARGS_SCHEMAS: Record<CommandId, ReadonlyJSONObject> = {
  [CommandIDs.interrupt]: RUNTIME,
  [CommandIDs.restart]: RUNTIME,
  [CommandIDs.restartAndClear]: RUNTIME,
  [CommandIDs.terminate]: RUNTIME,
  [CommandIDs.extend]: EXTENSION,
  [CommandIDs.extendItself]: RUNTIME,
  [CommandIDs.edit]: RUNTIME,
  [CommandIDs.pause]: RUNTIME,
  [CommandIDs.resume]: RUNTIME,
  [CommandIDs.showLogs]: RUNTIME,
  [CommandIDs.showFiles]: RUNTIME,
  [CommandIDs.launchWithOptions]: {
    type: 'object',
    properties: {
      kernelName: KERNEL_NAME,
      provider: { type: 'string', description: 'The provider’s id, e.g. `remote.embedded`.' }
    }
  },
  [CommandIDs.insertSnippet]: NOTHING,
  [CommandIDs.openExample]: RUNTIME,
  [CommandIDs.start]: {
    type: 'object',
    properties: { kernelName: KERNEL_NAME },
    required: ['kernelName']
  },
  [CommandIDs.switch]: {
    type: 'object',
    properties: {
      key: {
        type: 'string',
        description: 'The runtime that the current document gets; without it, the picker opens.'
      }
    }
  },
  [CommandIDs.takeSnapshot]: {
    type: 'object',
    properties: {
      ...(RUNTIME.properties as ReadonlyJSONObject),
      toolbar: { type: 'boolean', description: 'Whether an icon is shown.' }
    }
  },
  [CommandIDs.showSnapshots]: NOTHING,
  [CommandIDs.showSenders]: NOTHING,
  [CommandIDs.bringVariables]: {
    type: 'object',
    properties: {
      key: {
        type: 'string',
        description: 'The runtime from which variables come; without it, the user is asked.'
      }
    }
  },
  [CommandIDs.refresh]: NOTHING,
  [CommandIDs.openPanel]: NOTHING
};
