/** Lab's kernel dialogs, with our picker as the one that selects. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { SessionContextDialogs } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeManager, IRuntimeWish } from '../../tokens';
import { sentence } from '../format';
import type { INotices } from '../status/notices';
import { PickerDialog } from './dialog';
import { LaunchNotice } from './launchNotice';
import { PickerModel } from './model';
import type { PickerOption } from './options';
import type { RecentChoices } from './recents';
import { changesKernel, take } from './take';

/** Tells what a document wishes for, null where it does not wish or is not known. */
export type WishReader = (sessionContext: ISessionContext) => IRuntimeWish | null;

export interface IRuntimeSessionDialogsOptions extends ISessionContext.IDialogsOptions {
  readonly manager: IRuntimeManager;
  readonly recents: RecentChoices;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
}

/** `restart` is Lab's own, with its confirmation. */
export class RuntimeSessionDialogs extends SessionContextDialogs {
  constructor(private readonly options: IRuntimeSessionDialogsOptions) {
    super(options);
  }

  /** Notebooks' metadata is known to a tracker that itself needs these dialogs: it is told later. */
  readWish: WishReader = () => null;

  /**
   * Let the user choose where the document runs. Leaving the picker by Escape
   * changes nothing. A start that fails is told in a notice, and leaves the
   * document with the kernel it had.
   */
  override async selectKernel(sessionContext: ISessionContext): Promise<void> {
    if (sessionContext.isDisposed) {
      return;
    }
    const option = await this.ask(sessionContext);
    if (option !== null && !sessionContext.isDisposed && changesKernel(option)) {
      await this.carryOut(option, sessionContext);
    }
  }

  private async ask(sessionContext: ISessionContext): Promise<PickerOption | null> {
    const { manager, recents, trans } = this.options;
    const model = new PickerModel({
      manager,
      recents: recents.names,
      wish: this.readWish(sessionContext),
      sessionContext
    });
    const { autoStartDefault } = sessionContext.kernelPreference;
    const dialog = new PickerDialog({
      model,
      title: trans.__('Where should “%1” run?', sessionContext.name || sessionContext.path),
      trans,
      checkbox:
        typeof autoStartDefault === 'boolean'
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
      if (typeof autoStartDefault === 'boolean' && isChecked !== null) {
        sessionContext.kernelPreference = {
          ...sessionContext.kernelPreference,
          autoStartDefault: isChecked
        };
      }
      return value;
    } finally {
      sessionContext.disposed.disconnect(close);
      model.dispose();
    }
  }

  private async carryOut(option: PickerOption, sessionContext: ISessionContext): Promise<void> {
    const { manager, notices, recents, trans } = this.options;
    // Without a session, Lab's session context shows a dialog with the failure.
    const isShownByLab = sessionContext.session === null && option.kind !== 'none';
    if (option.kind !== 'start') {
      try {
        await take(option, sessionContext);
      } catch (error) {
        if (!isShownByLab) {
          notices.error(trans.__('The kernel could not be changed.'), sentence(error));
        }
      }
      return;
    }
    const { choice } = option;
    const notice = new LaunchNotice({ manager, choice, notices, trans });
    try {
      await recents.add(choice.kernelName);
      await take(option, sessionContext);
      notice.succeed();
    } catch (error) {
      notice.fail(error, isShownByLab);
    }
  }
}
