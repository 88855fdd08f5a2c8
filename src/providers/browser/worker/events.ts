import type { IWorkerEnvelope, WorkerEvent } from '../protocol';

declare const self: DedicatedWorkerGlobalScope;

/** Tell the page. Leaves the worker at once, even when it blocks right afterwards.
 *  @param transfer Handed over, not copied; not usable here any more. */
export function emit(event: WorkerEvent, transfer: Transferable[] = []): void {
  const envelope: IWorkerEnvelope = { runtimesEvent: event };
  self.postMessage(envelope, transfer);
}
