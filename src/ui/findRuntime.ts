/** Which runtime a command is about. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IRuntimeArgs } from '../commands';
import { runtimeOfDocument } from '../runtime/ofDocument';
import type { IRuntimeManager, IRuntimeModel } from '../tokens';
import { sessionOf } from './currentSession';

export type FindRuntime = (args: ReadonlyPartialJSONObject) => IRuntimeModel | undefined;

/** @see IRuntimeArgs */
export function runtimeFinder(app: JupyterFrontEnd, manager: IRuntimeManager): FindRuntime {
  return args => {
    const { key, of } = args as IRuntimeArgs;
    const wanted = key ?? (of === 'context-menu' ? contextMenuKey(app) : undefined);
    if (wanted !== undefined || of === 'context-menu') {
      return manager.runtimes.find(runtime => runtime.key === wanted);
    }
    const session = sessionOf(app.shell.currentWidget);
    return session === null ? undefined : runtimeOfDocument(manager, session);
  };
}

/** The key of the runtime whose context menu is open. */
function contextMenuKey(app: JupyterFrontEnd): string | undefined {
  return app.contextMenuHitTest(node => node.dataset.runtimeKey !== undefined)?.dataset.runtimeKey;
}
