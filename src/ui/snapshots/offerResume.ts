/** When the page returns: the variables that a notebook had in it are offered again. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeManager, IRuntimeModel, ISnapshotEntry } from '../../tokens';
import { agoText, sentence } from '../format';
import { changeKernel } from '../picker/take';
import { waitForRuntime } from '../transfer/waitForRuntime';
import type { ITransferNotices } from '../transfer/notices';

export interface IOfferResumeOptions {
  readonly manager: IRuntimeManager;
  readonly notices: ITransferNotices;
  readonly trans: TranslationBundle;
  readonly discard: (entry: ISnapshotEntry) => Promise<void>;
  /** Load all of it into the document's runtime. */
  readonly load: (entry: ISnapshotEntry, target: IRuntimeModel) => Promise<void>;
}

export function offerResume(
  context: ISessionContext,
  entry: ISnapshotEntry,
  options: IOfferResumeOptions
): void {
  const { notices, trans, discard } = options;
  const ago = agoText(entry.createdAt, Date.now(), trans);
  const count = trans._n('%1 variable', '%1 variables', entry.variables);
  const failed = (error: unknown) => notices.tell('error', sentence(error));
  Notification.info(
    trans.__('“%1” had %2 in this browser (%3, %4).', context.name, count, entry.runtimeName, ago),
    {
      autoClose: false,
      actions: [
        {
          label: trans.__('Resume variables'),
          displayType: 'accent',
          callback: () => void resume(context, entry, options).catch(failed)
        },
        { label: trans.__('Forget them'), callback: () => void discard(entry).catch(failed) }
      ]
    }
  );
}

/** In a runtime that ends with the page, as the one was that they are of: a new one where the document has another. */
async function resume(
  context: ISessionContext,
  entry: ISnapshotEntry,
  { manager, load, trans }: IOfferResumeOptions
): Promise<void> {
  const current = () => {
    const kernelId = context.session?.kernel?.id;
    return kernelId === undefined ? undefined : manager.findByKernelId(kernelId);
  };
  let target: IRuntimeModel | null | undefined = current();
  if (target?.provider.capabilities.survivesReload !== false) {
    const choice = manager.choices.find(({ provider }) => !provider.capabilities.survivesReload);
    if (choice === undefined) {
      throw new Error(trans.__('There is no place in this page to start a runtime for them.'));
    }
    await changeKernel(context, { name: choice.kernelName });
    target = await waitForRuntime(manager, context.session?.kernel?.id ?? '');
  }
  if (target != null) {
    await load(entry, target);
  }
}
