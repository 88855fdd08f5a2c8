/** The picker from opening to what came of it. Loaded when it is first needed. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeChoice, IRuntimeManager, IRuntimeWish } from '../../tokens';
import { sentence } from '../format';
import type { ILaunchChoice } from '../launch/launch';
import type { INotices } from '../status/notices';
import { PickerDialog } from './dialog';
import { withLaunchNotice } from './launchNotice';
import { PickerModel } from './model';
import type { PickerOption } from './options';
import type { RecentChoices } from './recents';
import { changeKernel, changesKernel, isFailureShownByLab, startFor } from './take';

export interface IPickPorts {
  readonly manager: IRuntimeManager;
  readonly recents: RecentChoices;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
  /** Opens the launch form; null where there is none. */
  readonly launchWithOptions?: ((choice: ILaunchChoice) => Promise<void>) | null;
}

/**
 * Let the user choose where a document runs, and carry that out. Escape
 * changes nothing. What fails is told in a notice, and the document keeps the
 * kernel it had.
 */
export async function pick(
  sessionContext: ISessionContext,
  wish: IRuntimeWish | null,
  ports: IPickPorts
): Promise<void> {
  const option = await ask(sessionContext, wish, ports);
  if (option === null || sessionContext.isDisposed || !changesKernel(option)) {
    return;
  }
  if (option.kind === 'launch-form') {
    await ports.launchWithOptions?.({ providerId: option.provider.id, sessionContext });
  } else if (option.kind === 'start') {
    await start(sessionContext, option.choice, ports);
  } else {
    await change(sessionContext, option, ports);
  }
}

async function ask(
  sessionContext: ISessionContext,
  wish: IRuntimeWish | null,
  { manager, recents, trans, launchWithOptions }: IPickPorts
): Promise<PickerOption | null> {
  const model = new PickerModel({
    manager,
    recents: recents.names,
    wish,
    sessionContext,
    hasLaunchForm: launchWithOptions != null
  });
  const { autoStartDefault } = sessionContext.kernelPreference;
  const asksDefault = typeof autoStartDefault === 'boolean';
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new PickerDialog({
    model,
    title: trans.__('Where should “%1” run?', sessionContext.name || sessionContext.path),
    trans,
    checkbox: asksDefault
      ? { label: trans.__('Always start the preferred kernel'), checked: autoStartDefault }
      : null
  });
  const close = () => dialog.reject();
  sessionContext.disposed.connect(close);
  try {
    const { button, isChecked, value } = await dialog.launch();
    if (!button.accept || sessionContext.isDisposed) {
      return null;
    }
    if (asksDefault && isChecked !== null) {
      sessionContext.kernelPreference = {
        ...sessionContext.kernelPreference,
        autoStartDefault: isChecked
      };
    }
    return value;
  } finally {
    sessionContext.disposed.disconnect(close);
    dialog.dispose();
    model.dispose();
  }
}

async function start(
  sessionContext: ISessionContext,
  choice: IRuntimeChoice,
  ports: IPickPorts
): Promise<void> {
  const isShownByLab = choice.provider.launch === undefined && isFailureShownByLab(sessionContext);
  await withLaunchNotice({ ...ports, choice, isShownElsewhere: isShownByLab }, async signal => {
    await ports.recents.add(choice.kernelName);
    await startFor(sessionContext, choice, ports.manager, signal);
  });
}

async function change(
  sessionContext: ISessionContext,
  option: PickerOption,
  ports: IPickPorts
): Promise<void> {
  const { notices, trans } = ports;
  if (option.kind === 'runtime' && option.runtime.can('resume')) {
    const { resumeFor } = await import('../pause/offerResume');
    await resumeFor(option.runtime, ports, id => changeKernel(sessionContext, { id }));
    return;
  }
  const isShownByLab = option.kind === 'runtime' && isFailureShownByLab(sessionContext);
  try {
    if (option.kind === 'none') {
      await sessionContext.shutdown();
    } else if (option.kind === 'runtime' && option.runtime.kernelId !== null) {
      await changeKernel(sessionContext, { id: option.runtime.kernelId });
    }
  } catch (error) {
    if (!isShownByLab) {
      notices.error(trans.__('The kernel could not be changed.'), sentence(error));
    }
  }
}
