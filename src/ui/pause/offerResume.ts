/** What happens when a document needs a kernel, and its runtime is paused. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { sentence } from '../format';
import type { INotices } from '../status/notices';
import { timeOfDay } from '../time';
import { resumeNow } from './resumeNow';
import { takeBack } from '../../notebook/takeBack';

export interface IOfferResumePorts {
  readonly manager: IRuntimeManager;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
}

type Answer = 'stay' | 'other' | 'resume';

/**
 * Offer to resume, and do it. What is being resumed already is waited for.
 *
 * @returns `other` where the user wants another runtime, else `done`: the document
 *   has its kernel back, or stays without one.
 */
export async function offerResume(
  sessionContext: ISessionContext,
  runtime: IRuntimeModel,
  ports: IOfferResumePorts
): Promise<'other' | 'done'> {
  const answer = runtime.state === 'paused' ? await ask(runtime, ports.trans) : 'resume';
  if (answer === 'other') {
    return 'other';
  }
  if (answer === 'resume') {
    await resumeFor(runtime, ports, kernelId => takeBack(sessionContext, kernelId));
  }
  return 'done';
}

/**
 * Resume a runtime for a document; how it goes is told in a notice. Never rejects.
 *
 * @param give Gives the document the kernel.
 */
export async function resumeFor(
  runtime: IRuntimeModel,
  { manager, notices, trans }: IOfferResumePorts,
  give: (kernelId: string) => Promise<void>
): Promise<void> {
  const { name } = runtime;
  const id = notices.progress(trans.__('Resuming “%1” with its variables…', name), undefined, null);
  try {
    const { kernelId } = await resumeNow(runtime, manager);
    await give(kernelId);
    notices.update(id, {
      message: trans.__('“%1” runs again.', name),
      type: 'success',
      autoCloseMs: 3000
    });
  } catch (error) {
    notices.dismiss(id);
    notices.error(trans.__('“%1” could not be resumed.', name), sentence(error));
  }
}

async function ask(runtime: IRuntimeModel, trans: TranslationBundle): Promise<Answer> {
  const { name, life } = runtime;
  const stateAsOf = life?.stateAsOf ?? null;
  const kept =
    stateAsOf === null
      ? trans.__('Its variables are kept.')
      : trans.__('Its variables are kept, as they were at %1.', timeOfDay(stateAsOf, Date.now()));
  const answers: [Answer, Dialog.IButton][] = [
    ['stay', Dialog.cancelButton({ label: trans.__('Stay paused') })],
    ['other', Dialog.cancelButton({ label: trans.__('Choose another runtime…') })],
    ['resume', Dialog.okButton({ label: trans.__('Resume') })]
  ];
  // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
  const dialog = new Dialog({
    title: trans.__('“%1” is paused', name),
    body: `${kept} ${trans.__('Nothing runs here until it is resumed.')}`,
    buttons: answers.map(([, button]) => button),
    defaultButton: answers.length - 1
  });
  dialog.addClass('jp-RuntimesQuestion');
  try {
    const { button } = await dialog.launch();
    // Esc answers with a button of Lab's own.
    return answers.find(([, { label }]) => label === button.label)?.[0] ?? 'stay';
  } finally {
    dialog.dispose();
  }
}
