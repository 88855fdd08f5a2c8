/** From the launch form to the runtime that came of it. Loaded when it is first needed. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeManager } from '../../tokens';
import { withLaunchNotice } from '../picker/launchNotice';
import { changeKernel } from '../picker/take';
import type { INotices } from '../status/notices';
import { LaunchDialog } from './dialog';
import type { ILaunchWish } from './model';
import { LaunchModel } from './model';

export interface ILaunchPorts {
  readonly manager: IRuntimeManager;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
  /** Told of what was launched, so that it is offered first the next time. */
  readonly remember?: (kernelName: string) => Promise<void>;
  /** Open a notebook of an environment, with a kernel of it. */
  readonly openExample: (uri: string, kernelId: string) => Promise<void>;
}

export interface ILaunchChoice {
  /** Offer the environments of this provider only. */
  readonly providerId?: string;
  /** Chosen first. */
  readonly kernelName?: string;
  /** The document that could use it. */
  readonly sessionContext?: ISessionContext | null;
}

/**
 * Let the user say what to launch, and launch it. Escape launches nothing. What
 * fails is told in a notice, and the document keeps the kernel it had.
 */
export async function launchWithOptions(
  { providerId, kernelName, sessionContext = null }: ILaunchChoice,
  ports: ILaunchPorts
): Promise<void> {
  const { manager, trans } = ports;
  const model = new LaunchModel({
    manager,
    trans,
    providerId,
    kernelName,
    documentName: sessionContext && (sessionContext.name || sessionContext.path)
  });
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new LaunchDialog(model, trans);
  let wish: ILaunchWish | null;
  try {
    const { button } = await dialog.launch();
    wish = button.accept ? dialog.wish : null;
  } finally {
    dialog.dispose();
    model.dispose();
  }
  if (wish !== null) {
    await launch(wish, sessionContext, ports);
  }
}

async function launch(
  { choice, terms, isForDocument, examples }: ILaunchWish,
  sessionContext: ISessionContext | null,
  ports: ILaunchPorts
): Promise<void> {
  const { manager, remember, openExample } = ports;
  await withLaunchNotice({ ...ports, choice }, async signal => {
    await remember?.(choice.kernelName);
    const path = isForDocument ? sessionContext?.path : undefined;
    const { kernelId } = await manager.launch(choice, { path, terms, signal });
    // A document that was closed meanwhile leaves a runtime that the sidebar lists.
    if (isForDocument && sessionContext !== null && !sessionContext.isDisposed) {
      await changeKernel(sessionContext, { id: kernelId });
    }
    for (const uri of examples) {
      await openExample(uri, kernelId);
    }
  });
}
