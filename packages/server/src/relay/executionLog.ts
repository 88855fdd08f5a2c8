/** What ran or runs in a runtime's kernel: remembered across restarts of the service, until it is acknowledged. */
import type { IExecution } from '@jupyterlab-runtimes/core';

import type { IExecutionStore, ILog } from '../runtimes/ports.js';
import type { V1Frame } from './v1Frame.js';

/** More finished executions than this are not kept: the oldest go. */
const MAX_KEPT = 1000;

export class ExecutionLog {
  constructor(
    private readonly _runtimeId: string,
    private readonly _store: IExecutionStore,
    private readonly _log: ILog,
    private readonly _now: () => Date
  ) {
    for (const execution of _store.list(_runtimeId)) {
      this._executions.set(execution.msg_id, execution);
    }
  }

  list(): IExecution[] {
    return [...this._executions.values()];
  }

  get(msgId: string): IExecution | undefined {
    return this._executions.get(msgId);
  }

  /** Note a request that is about to go to the kernel.
   *  @returns Whether it counts as a person's activity: a non-silent execution. */
  begin(request: V1Frame, firstSeq: number): boolean {
    if (request.header.msg_type !== 'execute_request' || request.content['silent'] === true) {
      return false;
    }
    const cellId = request.metadata['cellId'];
    const execution: IExecution = {
      msg_id: request.header.msg_id,
      cell_id: typeof cellId === 'string' ? cellId : null,
      session: request.header.session,
      started_at: this._now().toISOString(),
      finished_at: null,
      first_seq: firstSeq,
      cut_bytes: 0
    };
    if (!this._executions.has(execution.msg_id)) {
      this._put(execution);
      this._bound();
    }
    return true;
  }

  /** Look at a message of the kernel: a reply and an idle status together, in whatever order, are the end of an execution.
   *  @returns Whether an execution has ended with it. */
  observe(frame: V1Frame): boolean {
    const parentId = frame.parent.msg_id;
    const execution = parentId === undefined ? undefined : this._executions.get(parentId);
    if (execution?.finished_at !== null) {
      return false;
    }
    const type = frame.header.msg_type;
    const isReply = type === 'execute_reply';
    const isIdle = type === 'status' && frame.content['execution_state'] === 'idle';
    if (!isReply && !isIdle) {
      return false;
    }
    const half = isReply ? 'reply' : 'idle';
    const seen = this._halves.get(execution.msg_id);
    if (seen === undefined || seen === half) {
      this._halves.set(execution.msg_id, half);
      return false;
    }
    this._finish(execution);
    return true;
  }

  /** The kernel is a new one: nothing more comes for what ran in the old one. */
  finishAll(): void {
    for (const execution of this.list()) {
      if (execution.finished_at === null) {
        this._finish(execution);
      }
    }
  }

  addCut(bytesByParent: ReadonlyMap<string, number>): void {
    for (const [msgId, bytes] of bytesByParent) {
      const execution = this._executions.get(msgId);
      if (execution && bytes > 0) {
        this._put({ ...execution, cut_bytes: execution.cut_bytes + bytes });
      }
    }
  }

  forget(msgIds: readonly string[]): void {
    for (const msgId of msgIds) {
      this._executions.delete(msgId);
      this._halves.delete(msgId);
      this._store.remove(this._runtimeId, msgId);
    }
  }

  private _finish(execution: IExecution): void {
    this._halves.delete(execution.msg_id);
    this._put({ ...execution, finished_at: this._now().toISOString() });
  }

  private _put(execution: IExecution): void {
    this._executions.set(execution.msg_id, execution);
    try {
      this._store.put(this._runtimeId, execution);
    } catch (error) {
      // A full disk must not stop a cell: it is known to this process, and written when it ends.
      this._log.error(
        { err: error, runtime: this._runtimeId },
        'An execution could not be written.'
      );
    }
  }

  private _bound(): void {
    if (this._executions.size > MAX_KEPT) {
      const oldest = this.list().find(execution => execution.finished_at !== null);
      if (oldest) {
        this.forget([oldest.msg_id]);
      }
    }
  }

  private readonly _executions = new Map<string, IExecution>();
  private readonly _halves = new Map<string, 'reply' | 'idle'>();
}
