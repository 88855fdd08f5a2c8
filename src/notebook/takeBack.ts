/** Giving a document its kernel again: of a runtime that was resumed, or of the session that it had left. */
import type { ISessionContext } from '@jupyterlab/apputils';

const underWay = new WeakMap<ISessionContext, Promise<void>>();

/** Whether the document has a kernel that answers, or may yet. */
export function hasLiveKernel({ session }: ISessionContext): boolean {
  const kernel = session?.kernel ?? null;
  return kernel !== null && !kernel.isDisposed && kernel.status !== 'dead';
}

/** A no-op where it has a live kernel; asked twice at once, it is done once. */
export function takeBack(sessionContext: ISessionContext, kernelId: string): Promise<void> {
  const before = underWay.get(sessionContext);
  if (before !== undefined) {
    return before;
  }
  const work = take(sessionContext, kernelId).finally(() => underWay.delete(sessionContext));
  underWay.set(sessionContext, work);
  return work;
}

async function take(sessionContext: ISessionContext, kernelId: string): Promise<void> {
  if (sessionContext.isDisposed || hasLiveKernel(sessionContext)) {
    return;
  }
  // The session went with the kernel's old process: what is left of it here can't be given another.
  sessionContext.session?.dispose();
  await sessionContext.changeKernel({ id: kernelId });
}
