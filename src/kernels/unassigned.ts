/**
 * Unassigned kernels: Jupyter Server ends a kernel when its session is deleted
 * or given another kernel, so a kernel that a notebook leaves for another place
 * keeps its session, out of the notebook's way: under a path of its own and a
 * type that says so.
 */
import type { Session } from '@jupyterlab/services';

/** The session type of a kernel that no document uses. */
export const UNASSIGNED_TYPE = 'unassigned';

/** Whether a session only keeps a kernel alive. */
export function isUnassigned(session: Session.IModel): boolean {
  return session.type === UNASSIGNED_TYPE;
}

/** The change that takes a session out of its document's way. The name stays:
 *  it tells the user what the kernel was used for. */
export function toUnassigned(sessionId: string): { id: string; path: string; type: string } {
  return { id: sessionId, path: `${UNASSIGNED_TYPE}/${sessionId}`, type: UNASSIGNED_TYPE };
}
