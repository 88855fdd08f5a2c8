/** Giving a document the runtime that was picked. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';

import type { PickerOption } from './options';

/** Whether taking the option changes anything. */
export function changesKernel(option: PickerOption): boolean {
  switch (option.kind) {
    case 'runtime':
    case 'none':
      return !option.isCurrent;
    case 'start':
      return true;
    case 'missing-wish':
    case 'place':
      return false;
  }
}

/**
 * Carry out the choice.
 *
 * @throws What the kernel's place answered. The document keeps the kernel it had.
 */
export async function take(option: PickerOption, sessionContext: ISessionContext): Promise<void> {
  if (!changesKernel(option)) {
    return;
  }
  switch (option.kind) {
    case 'runtime':
      return changeKernel(sessionContext, { id: option.runtime.kernelId ?? '' });
    case 'start':
      return changeKernel(sessionContext, { name: option.choice.kernelName });
    case 'none':
      return sessionContext.shutdown();
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
