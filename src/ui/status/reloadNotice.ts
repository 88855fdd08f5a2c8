/** After a reload of the page: its browser runtimes ended with it, and the user is told so. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotices } from './notices';

/**
 * @param names The documents whose browser runtimes ended; nothing is said for none.
 */
export function showReloadNotice(
  names: readonly string[],
  notices: INotices,
  trans: TranslationBundle
): void {
  if (names.length > 0) {
    notices.info(
      trans.__(
        'Browser runtimes ended with the reload, and their variables with them: %1. Run their cells again to go on.',
        names.join(', ')
      )
    );
  }
}
