/** Clearing the outputs of notebooks. */
import type { INotebookTracker } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';

import type { IRuntimeAssignment } from '../../tokens';

/** Clear the outputs of every open notebook among the assignments, in all its views. */
export function clearOutputs(
  assignments: readonly IRuntimeAssignment[],
  tracker: INotebookTracker
): void {
  const paths = new Set(assignments.map(({ path }) => path));
  const sessions = new Set(assignments.map(({ sessionId }) => sessionId));
  tracker
    .filter(
      ({ context, sessionContext }) =>
        paths.has(context.path) || sessions.has(sessionContext.session?.id ?? '')
    )
    .forEach(({ content }) => NotebookActions.clearAllOutputs(content));
}
