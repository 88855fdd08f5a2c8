/** Giving a document the runtime that was picked. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';

import type { IRuntimeChoice, IRuntimeManager } from '../../tokens';
import type { PickerOption } from './options';

/** Whether taking the option changes anything. */
export function changesKernel(option: PickerOption): boolean {
  switch (option.kind) {
    case 'runtime':
    case 'none':
      return !option.isCurrent;
    case 'start':
    case 'launch-form':
      return true;
    case 'missing-wish':
    case 'place':
      return false;
  }
}

/**
 * Start a runtime, and give it to the document once its kernel answers.
 *
 * Places without a launch of their own start it with the document's session,
 * as Jupyter does: kernels learn the document's name from that.
 *
 * @throws What the place answered. A document with a kernel keeps it.
 */
export async function startFor(
  sessionContext: ISessionContext,
  choice: IRuntimeChoice,
  manager: Pick<IRuntimeManager, 'launch'>,
  signal: AbortSignal
): Promise<void> {
  if (choice.provider.launch === undefined) {
    return changeKernel(sessionContext, { name: choice.kernelName });
  }
  const { kernelId } = await manager.launch(choice, { path: sessionContext.path, signal });
  // A document that was closed meanwhile leaves a runtime that the sidebar lists.
  if (!sessionContext.isDisposed) {
    await changeKernel(sessionContext, { id: kernelId });
  }
}

/**
 * Through the session where there is one: `ISessionContext.changeKernel` drops
 * the session of a document when the change fails (JupyterLab 4.6), and with
 * it the document's hold on a kernel that runs on.
 */
export async function changeKernel(
  sessionContext: ISessionContext,
  model: Partial<Kernel.IModel>
): Promise<void> {
  const { session } = sessionContext;
  if (session !== null && !session.isDisposed) {
    await session.changeKernel(model);
  } else {
    await sessionContext.changeKernel(model);
  }
}

/**
 * Whether JupyterLab itself shows a dialog when the change fails: it does for
 * documents without a session.
 */
export function isFailureShownByLab(sessionContext: ISessionContext): boolean {
  return sessionContext.session === null;
}
