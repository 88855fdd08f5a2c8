/** What can be changed of a runtime that is there, as typed, and what that asks for. No DOM. */
import type { EndAction } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeModel, RuntimeChange } from '../../tokens';
import type { FieldId } from '../launch/draft';
import { readIdle, readName } from '../launch/draft';

export interface IEditDraft {
  readonly name: string;
  /** Null where its time has no limit. */
  readonly onExpiry: EndAction | null;
  readonly extendsItself: boolean;
  /** '' for ever. */
  readonly idleMinutes: string;
  readonly idleAction: EndAction;
}

export interface IReadEdit {
  /** What differs from how it was when the form opened; empty for nothing. */
  readonly change: RuntimeChange;
  /** One sentence for each field that can't be taken as it is. */
  readonly problems: ReadonlyMap<FieldId, string>;
}

/** The form as it opens: what the runtime has. */
export function draftOf({ name, life }: Pick<IRuntimeModel, 'name' | 'life'>): IEditDraft {
  const { reservation = null, idle = null } = life ?? {};
  return {
    name,
    onExpiry: reservation?.onExpiry ?? null,
    extendsItself: reservation?.extendsItself ?? false,
    idleMinutes: idle === null ? '' : String(Number((idle.timeoutSeconds / 60).toFixed(2))),
    idleAction: idle?.action ?? 'pause'
  };
}

/** Whether idling ends it, by what is typed now. */
export function idles({ idleMinutes }: Pick<IEditDraft, 'idleMinutes'>): boolean {
  return idleMinutes.trim() !== '' && Number(idleMinutes) !== 0;
}

export function readEdit(
  draft: IEditDraft,
  before: IEditDraft,
  trans: TranslationBundle
): IReadEdit {
  const problems = new Map<FieldId, string>();
  const name = readName(draft, problems, trans);
  if (name === '') {
    problems.set('name', trans.__('A runtime has a name.'));
  }
  const idleSeconds = readIdle(draft, problems, trans) ?? 0;
  const idleChanged = draft.idleMinutes.trim() !== before.idleMinutes;
  const { onExpiry, extendsItself, idleAction } = draft;
  const change: RuntimeChange = {
    ...(name === before.name ? {} : { name }),
    ...(onExpiry === null || onExpiry === before.onExpiry ? {} : { onExpiry }),
    ...(extendsItself === before.extendsItself ? {} : { extendsItself }),
    ...(idleChanged ? { idleTimeoutSeconds: idleSeconds } : {}),
    // A rule that begins now has no action yet.
    ...(idles(draft) && (idleAction !== before.idleAction || before.idleMinutes === '')
      ? { idleAction }
      : {})
  };
  return { change, problems };
}
