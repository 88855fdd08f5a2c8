/** What is found damaged while cells use it already. */
import type { IVerification } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ITransferAction, ITransferNotices } from './notices';

export interface IDamagePorts {
  readonly notices: ITransferNotices;
  readonly trans: TranslationBundle;
}

/** Whoever has looked away is told, too. Never rejects, and resolves when all was looked at.
 *  @param name Of the runtime that it is in. */
export async function tellDamage(
  verified: Promise<IVerification>,
  name: string,
  { notices, trans }: IDamagePorts,
  actions: readonly ITransferAction[] = []
): Promise<void> {
  const { failure } = await verified;
  if (failure !== null) {
    notices.tell('error', trans.__('“%1”: %2', name, failure.message), actions);
  }
}
