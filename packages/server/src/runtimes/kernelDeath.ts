/** What its owner reads when a runtime's kernel has ended, and its Jupyter Server has not. */
import type { ISnapshotResource } from '@jupyterlab-runtimes/core';

import type { IKernelEnd } from './ports.js';

/** It was started again, and is empty. @param latest The last state that there is. */
export function startedAgain(
  { how, why, log }: IKernelEnd,
  latest: ISnapshotResource | undefined
): string {
  const back = latest
    ? `: load the snapshot of ${latest.created_at.slice(0, 16).replace('T', ' ')} UTC to have them back`
    : '';
  return sentences(
    `Its kernel ${how}, and was started again without its variables${back}.`,
    why,
    log
  );
}

/** It could not be started again. */
export function gone({ how, why, log }: IKernelEnd): string {
  return sentences(
    `Its kernel ${how}, and could not be started again: launch a new runtime.`,
    why,
    log
  );
}

const sentences = (...parts: readonly string[]): string => parts.filter(Boolean).join(' ');
