import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IExecutionJournal, IJournaledExecution } from '../tokens';
import { ReplayFuture } from './replayfuture';

/**
 * Brings into a notebook's cells what its kernel said while no page listened,
 * and lets the kernel's side forget what the saved file holds.
 *
 * Listening and keeping is the runtime service's part; this is the other end.
 */
export class CellReplay implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _journalOf: (kernelId: string) => IExecutionJournal | undefined,
    private readonly _onFailure: (error: unknown) => void
  ) {
    const { context, sessionContext } = _panel;
    sessionContext.kernelChanged.connect(this._onKernelChanged, this);
    context.saveState.connect(this._onSaveState, this);
    _panel.disposed.connect(this.dispose, this);
    void context.ready.then(() => this._onKernelChanged());
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._kernel?.anyMessage.disconnect(this._onMessage, this);
    Signal.disconnectReceiver(this);
  }

  private _onKernelChanged(): void {
    const kernel = this._panel.sessionContext.session?.kernel ?? null;
    if (kernel === this._kernel || this._isDisposed || !this._panel.context.isReady) {
      return;
    }
    this._kernel?.anyMessage.disconnect(this._onMessage, this);
    this._kernel = kernel;
    this._replays.clear();
    this._replied.clear();
    this._complete.clear();
    this._unclaimed = null;
    const journal = kernel && this._journalOf(kernel.id);
    if (kernel && journal) {
      // What arrives from here on is held until it is known whose it is; what came before is in the journal.
      const before = journal.nextMessage(kernel.id, kernel.clientId);
      this._unclaimed = new Map();
      kernel.anyMessage.connect(this._onMessage, this);
      void this._replay(kernel, journal, before);
    }
  }

  /** Replay what other pages asked for in cells of this notebook: the latest
   *  execution of each cell. */
  private async _replay(
    kernel: Kernel.IKernelConnection,
    journal: IExecutionJournal,
    before: number | undefined
  ) {
    let executions: readonly IJournaledExecution[] = [];
    try {
      executions = await journal.list(kernel.id);
    } catch (error) {
      this._onFailure(error);
    }
    if (this._isDisposed || this._kernel !== kernel) {
      return;
    }
    const latest = new Map<string, IJournaledExecution>();
    for (const execution of executions) {
      if (execution.cellId !== null) {
        latest.set(execution.cellId, execution);
      }
    }
    for (const [cellId, execution] of latest) {
      const cell = execution.clientId === kernel.clientId ? undefined : this._cell(cellId);
      if (cell) {
        void this._replayInto(cell, kernel, journal, execution, before);
      }
    }
    this._unclaimed?.forEach(messages => messages.forEach(msg => this._noteProgress(msg)));
    this._unclaimed = null;
  }

  /** Live messages of an execution that were held for it. */
  private _claim(msgId: string): KernelMessage.IMessage[] {
    const messages = this._unclaimed?.get(msgId) ?? [];
    this._unclaimed?.delete(msgId);
    return messages;
  }

  private async _replayInto(
    cell: CodeCell,
    kernel: Kernel.IKernelConnection,
    journal: IExecutionJournal,
    execution: IJournaledExecution,
    before: number | undefined
  ): Promise<void> {
    const { msgId } = execution;
    const early = this._claim(msgId);
    this._replays.set(msgId, msg => early.push(msg));
    const future = new ReplayFuture(kernel, requestOf(execution, kernel, cell));
    try {
      cell.model.executionState = 'running';
      cell.outputArea.future = future;
      const kept = await journal.messages(kernel.id, msgId, kernel.clientId, before);
      if (execution.cutBytes > 0) {
        this._noteCut(cell, execution.cutBytes);
      }
      [...kept, ...early].forEach(msg => this._give(future, msg));
      this._replays.set(msgId, msg => this._give(future, msg));
      const reply = await future.done;
      cell.model.executionCount = reply.content.execution_count;
    } catch (error) {
      if (!future.isDisposed) {
        this._onFailure(error);
      }
    } finally {
      this._replays.delete(msgId);
      if (!cell.isDisposed && cell.model.executionState === 'running') {
        cell.model.executionState = 'idle';
      }
    }
  }

  private _give(future: ReplayFuture, msg: KernelMessage.IMessage): void {
    this._noteProgress(msg);
    future.handle(msg);
  }

  private _noteCut(cell: CodeCell, bytes: number): void {
    cell.model.outputs.add({
      output_type: 'stream',
      name: 'stderr',
      text: `[${bytes} bytes of this cell's output are not kept any more: they were more than the runtime service keeps while no page listens.]\n`
    });
  }

  private _onMessage(_: unknown, args: Kernel.IAnyMessageArgs): void {
    if (args.direction !== 'recv') {
      return;
    }
    const { msg } = args;
    const { msg_id: parentId = '', session } = msg.parent_header as Partial<KernelMessage.IHeader>;
    const replay = this._replays.get(parentId);
    if (replay) {
      replay(msg);
    } else if (this._unclaimed && session !== this._kernel?.clientId) {
      const held = this._unclaimed.get(parentId) ?? [];
      held.push(msg);
      this._unclaimed.set(parentId, held);
    } else {
      this._noteProgress(msg);
    }
  }

  /** An execution is complete here once its reply and its idle status are. */
  private _noteProgress(msg: KernelMessage.IMessage): void {
    const parent = msg.parent_header as { msg_id?: string; msg_type?: string };
    if (parent.msg_type !== 'execute_request' || parent.msg_id === undefined) {
      return;
    }
    const isReply = msg.header.msg_type === 'execute_reply';
    const { execution_state } = msg.content as { execution_state?: string };
    const isIdle = msg.header.msg_type === 'status' && execution_state === 'idle';
    if (isReply || isIdle) {
      const part = isReply ? 'reply' : 'idle';
      const other = this._replied.get(parent.msg_id);
      if (other !== undefined && other !== part) {
        this._replied.delete(parent.msg_id);
        this._complete.add(parent.msg_id);
      } else {
        this._replied.set(parent.msg_id, part);
      }
    }
  }

  private _onSaveState(_: unknown, state: string): void {
    if (state === 'started') {
      this._saving = [...this._complete];
    } else if (state === 'completed') {
      void this._acknowledge(this._saving);
    }
  }

  private async _acknowledge(msgIds: readonly string[]): Promise<void> {
    const kernel = this._kernel;
    const journal = kernel && this._journalOf(kernel.id);
    if (!journal || msgIds.length === 0) {
      return;
    }
    try {
      await journal.acknowledge(kernel.id, msgIds);
      msgIds.forEach(msgId => this._complete.delete(msgId));
    } catch {
      // They stay with the service, and are acknowledged with the next save.
    }
  }

  private _cell(id: string): CodeCell | undefined {
    const cell = this._panel.content.widgets.find(({ model }) => model.id === id);
    return cell?.model.type === 'code' ? (cell as CodeCell) : undefined;
  }

  private _kernel: Kernel.IKernelConnection | null = null;
  /** Where live messages of executions under replay go. */
  private readonly _replays = new Map<string, (msg: KernelMessage.IMessage) => void>();
  /** Live messages, by their execution, while it is not known yet which executions are to be replayed. */
  private _unclaimed: Map<string, KernelMessage.IMessage[]> | null = null;
  /** Executions of which one of the two last messages is there. */
  private readonly _replied = new Map<string, 'reply' | 'idle'>();
  private readonly _complete = new Set<string>();
  private _saving: readonly string[] = [];
  private _isDisposed = false;
}

/** The request as far as an output area looks at it. */
function requestOf(
  execution: IJournaledExecution,
  kernel: Kernel.IKernelConnection,
  cell: CodeCell
): KernelMessage.IExecuteRequestMsg {
  return {
    channel: 'shell',
    header: {
      msg_id: execution.msgId,
      msg_type: 'execute_request',
      session: execution.clientId,
      username: kernel.username,
      date: '',
      version: '5.3'
    },
    parent_header: {},
    metadata: {},
    content: { code: cell.model.sharedModel.getSource() }
  };
}
