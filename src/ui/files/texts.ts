/** What is said where a runtime's files can't be shown. No DOM. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeManager } from '../../tokens';
import type { IRuntimeFiles } from './remembered';

/** @returns A sentence with the reason, and what to do; '' where they can be shown. */
export function whyNoFiles(
  { key, name, label }: Pick<IRuntimeFiles, 'key' | 'name' | 'label'>,
  { runtimes, providers }: Pick<IRuntimeManager, 'runtimes' | 'providers'>,
  trans: TranslationBundle
): string {
  const runtime = runtimes.find(one => one.key === key);
  if (runtime === undefined) {
    const provider = providers.get(key.slice(0, key.indexOf('/')));
    return provider?.status === 'connected'
      ? trans.__(
          '“%1” is not there any more: its files can’t be shown here. What it left is on the disk of %2.',
          name,
          label
        )
      : (provider?.lastError?.message ?? trans.__('%1 has not answered yet.', label));
  }
  switch (runtime.state) {
    case 'running':
    case 'pausing':
      return '';
    case 'paused':
      return trans.__('“%1” is paused: resume it to see its files.', runtime.name);
    case 'requested':
    case 'queued':
    case 'starting':
    case 'resuming':
      return trans.__('“%1” is starting: its files are shown once it runs.', runtime.name);
    case 'terminating':
    case 'terminated':
    case 'expired':
    case 'failed':
      return trans.__('“%1” has ended: its files can’t be shown here.', runtime.name);
  }
}
