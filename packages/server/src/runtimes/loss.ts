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

const DAMAGED = 'Damaged:';
const NOT_VERIFIED = 'Not verified:';

/** Without what was said of a state that was there before. */
export function withoutUnsound(notes: readonly string[]): string[] {
  return notes.filter(note => !note.startsWith(DAMAGED) && !note.startsWith(NOT_VERIFIED));
}

/** Tell with the runtime what was found while cells ran: damage in its state, or what could not be verified of it. */
export function noteUnsound(runtime: Runtime): (failure: RuntimeError) => void {
  return ({ code, message }) => {
    const kind = code === 'SNAPSHOT_CORRUPT' ? DAMAGED : NOT_VERIFIED;
    runtime.update({ notes: [...withoutUnsound(runtime.resource.notes), `${kind} ${message}`] });
  };
}
