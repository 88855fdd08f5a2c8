/** What a pause would leave behind, and what was lost after a restore. */
import { RuntimeError, type ISkippedName } from '@jupyterlab-runtimes/core';

import type { Runtime } from './runtime.js';

const SHOWN = 10;

/** Refuse to leave behind what nobody agreed to.
 *  @throws RuntimeError STATE_NOT_CARRIED */
export function refuseLoss(
  givenName: string,
  leave: ReadonlySet<string>
): (skipped: readonly ISkippedName[]) => void {
  return skipped => {
    const lost = skipped.filter(({ name }) => !leave.has(name));
    if (lost.length > 0) {
      throw new RuntimeError(
        'STATE_NOT_CARRIED',
        `"${givenName}" goes on running: ${listOf(lost)} can't be kept. Delete or close what is named, or pause and leave it behind.`,
        { details: { skipped: lost.map(({ name, reason, remedy }) => ({ name, reason, remedy })) } }
      );
    }
  };
}

/** `a (an open socket), b (…), and 3 more`. */
export function listOf(skipped: readonly ISkippedName[]): string {
  const shown = skipped
    .slice(0, SHOWN)
    .map(({ name, reason }) => `${name} (${reason.replace(/\.$/, '')})`);
  const more = skipped.length - shown.length;
  return more > 0 ? `${shown.join(', ')}, and ${more} more` : shown.join(', ');
}

/** Begins the note about it. */
export const DAMAGED = 'Damaged:';

/** Tell with the runtime what was found damaged in its state while cells ran. */
export function noteDamage(runtime: Runtime): (message: string) => void {
  return message => {
    const notes = runtime.resource.notes.filter(note => !note.startsWith(DAMAGED));
    runtime.update({ notes: [...notes, `${DAMAGED} ${message}`] });
  };
}
