/**
 * The channel that survives: one connection to the kernel, a journal of what it says, any number of clients.
 *
 * @see ARCHITECTURE.md, "The channel that survives"
 */
import type { WebSocket } from 'ws';

import {
  RuntimeError,
  STATE_SESSION_PREFIX,
  type IExecution,
  type IResumePoint
} from '@jupyterlab-runtimes/core';

import type { IJupyterAddress } from '../jupyter/address.js';
import type { IRelay, IRelayEvents, IExecutionStore, ILog } from '../runtimes/ports.js';
import { ChannelClient, type ChannelMode } from './channelClient.js';
import { ExecutionLog } from './executionLog.js';
import { Journal, type IJournalOptions } from './journal/journal.js';
import { fromLegacy } from './legacyFrame.js';
import { Nudge } from './nudge.js';
import { toBuffer, Upstream } from './upstream.js';
import { V1Frame } from './v1Frame.js';

export interface IRelayOptions {
  readonly runtimeId: string;
  readonly address: IJupyterAddress;
  readonly kernelId: string;
  /** Folder of the journal. */
  readonly folder: string;
  readonly journal: Pick<IJournalOptions, 'maxBytes' | 'segmentBytes' | 'memoryBytes'>;
  readonly executions: IExecutionStore;
  readonly events: IRelayEvents;
  readonly log: ILog;
  readonly now: () => Date;
  /** The kernel is new to us: wait until it answers. Else it was there before this process. */
  readonly isNew: boolean;
}

/** Replies to these say nothing about whether the kernel is at work. */
const QUIET_REQUESTS = new Set([
  'kernel_info_request',
  'comm_info_request',
  'debug_request',
  'interrupt_request'
]);
/** How many msg_ids are remembered, to acknowledge a message that comes twice. */
const MAX_RECORDED = 10_000;
/** 1003: the client's message can't be read. */
const CLOSE_UNSUPPORTED = 1003;

interface IPending {
  readonly bytes: Buffer;
  readonly clients: Set<ChannelClient>;
}

export class Relay implements IRelay {
  constructor(private readonly _options: IRelayOptions) {
    this._session = `runtimes-relay-${_options.runtimeId}`;
    this.ready = new Promise((resolve, reject) => {
      this._resolveReady = resolve;
      this._rejectReady = reject;
    });
    this.ready.catch(() => undefined);
    this._executions = new ExecutionLog(
      _options.runtimeId,
      _options.executions,
      _options.log,
      _options.now
    );
    const unfinished = new Set(
      this._executions
        .list()
        .flatMap(execution => (execution.finished_at === null ? [execution.msg_id] : []))
    );
    this._journal = new Journal(_options.folder, {
      ..._options.journal,
      isMilestone,
      onDropped: bytesByParent => this._executions.addCut(bytesByParent),
      onFound: (_seq, record) => {
        if (unfinished.has(record.parentId)) {
          this._executions.observe(new V1Frame(record.frame));
        }
      }
    });
    if (_options.isNew) {
      this._executions.finishAll();
      this._journal.beginUpstream();
    }
    this._upstreamSeq = this._journal.upstreamSeq;
    this._upstream = new Upstream(_options.address, _options.kernelId, this._session, {
      after: () => this._upstreamSeq,
      onFrame: (seq, frame) => this._onKernelFrame(seq, frame),
      onCut: (count, bytes, byParent) => this._onCut(count, bytes, byParent),
      onAck: msgId => this._onAck(msgId),
      onOpen: () => this._onOpen(),
      onClose: () => _options.events.onUpstreamLost(),
      onRefused: (status, reason) => this._onRefused(status, reason)
    });
    this._isHeld = _options.isNew;
  }

  /** Resolves when the kernel answers. */
  readonly ready: Promise<void>;

  /** The kernel was started again: hold messages back until the new one answers, and its output arrives. */
  renudge(): Promise<void> {
    this._executions.finishAll();
    this._isHeld = true;
    return new Promise(resolve => {
      this._waiters.push(resolve);
      this._startNudge();
    });
  }

  executions(): IExecution[] {
    return this._executions.list();
  }

  messages(msgId: string, before: number | undefined): Iterable<Buffer> {
    const execution = this._executions.get(msgId);
    if (!execution) {
      throw unknownExecution(msgId);
    }
    return this._journal.messagesOf(msgId, execution.first_seq, before);
  }

  acknowledge(msgIds: readonly string[]): void {
    this._executions.forget(msgIds);
  }

  attach(socket: WebSocket, mode: ChannelMode, point: IResumePoint | undefined): void {
    const client = new ChannelClient(socket, mode, this._journal, point);
    this._clients.add(client);
    socket.on('message', (data, isBinary) => {
      try {
        const bytes = toBuffer(data);
        this._onClientFrame(client, mode === 'legacy' ? fromLegacy(bytes, isBinary) : bytes);
      } catch (error) {
        this._options.log.warn(
          { err: error, runtime: this._options.runtimeId },
          'A client sent what is no kernel message.'
        );
        socket.close(CLOSE_UNSUPPORTED, 'This is not a kernel message of the agreed protocol.');
      }
    });
    socket.on('error', error => {
      this._options.log.debug(
        { err: error, runtime: this._options.runtimeId },
        'A client was lost.'
      );
    });
    socket.on('close', () => this._clients.delete(client));
    this._sockets.add(socket);
    socket.on('close', () => this._sockets.delete(socket));
  }

  /** Let go of kernel and clients; the journal stays for the next service. */
  close(): void {
    this._upstream.dispose();
    this._nudge?.dispose();
    this._sockets.forEach(socket =>
      socket.close(1001, 'The runtime service stops or the runtime ended.')
    );
    this._rejectReady(
      new RuntimeError('START_FAILED', 'The runtime was ended while it was starting.')
    );
    this._journal.close();
  }

  /** Let go for good of this kernel; what it said stays. */
  rest(): void {
    this._executions.finishAll();
    this.close();
  }

  /** Let go, and forget what the kernel said. */
  remove(): void {
    this.close();
    this._journal.remove();
  }

  private _onOpen(): void {
    if (this._isHeld) {
      this._startNudge();
    } else {
      this._settle();
    }
  }

  private _settle(): void {
    this._isHeld = false;
    this._pending.forEach(({ bytes }) => this._upstream.send(bytes));
    this._resolveReady();
    this._waiters.splice(0).forEach(resolve => resolve());
  }

  private _startNudge(): void {
    this._nudge?.dispose();
    this._nudge = new Nudge(
      this._session,
      frame => this._upstream.send(frame),
      () => this._settle()
    );
  }

  private _onRefused(status: number, reason: string): void {
    this._options.events.onRefused(status, reason);
    if (reason.startsWith('Kernel ended at start')) {
      this._rejectReady(new RuntimeError('KERNEL_DIED_AT_START', reason));
    }
  }

  private _onKernelFrame(upstreamSeq: number, bytes: Buffer): void {
    this._upstreamSeq = upstreamSeq;
    const frame = new V1Frame(bytes);
    if (frame.parent.session === this._session) {
      this._nudge?.observe(frame);
      return;
    }
    if (frame.parent.session?.startsWith(STATE_SESSION_PREFIX)) {
      // A state that moves has a connection of its own: it is nobody's output, and no activity.
      return;
    }
    this._write(() =>
      this._journal.append({ upstreamSeq, parentId: frame.parent.msg_id ?? '', frame: bytes })
    );
    // Clients first: what follows is bookkeeping.
    this._clients.forEach(client => client.pump());
    if (this._executions.observe(frame)) {
      this._options.events.onExecutionEnded();
    }
    if (frame.header.msg_type === 'status') {
      this._onStatus(frame);
    }
  }

  /** Output goes on to clients also when it can't be written; that is told when it begins and when it is over. */
  private _write(write: () => void): void {
    try {
      write();
      if (this._isUnwritten) {
        this._isUnwritten = false;
        this._options.events.onJournalWritten();
      }
    } catch (error) {
      if (!this._isUnwritten) {
        this._isUnwritten = true;
        this._options.events.onJournalFailed(error);
      }
    }
  }

  private _onStatus(frame: V1Frame): void {
    const state = String(frame.content['execution_state']);
    if (state === 'restarting' || state === 'autorestarting') {
      // Jupyter Server says so when the kernel died, and it starts it again.
      void this.renudge();
    } else if (QUIET_REQUESTS.has(frame.parent.msg_type ?? '')) {
      return;
    }
    const { exit_code: exitCode } = frame.content;
    this._options.events.onExecutionState(
      state,
      typeof exitCode === 'number' ? exitCode : undefined
    );
  }

  private _onCut(count: number, bytes: number, byParent: ReadonlyMap<string, number>): void {
    this._executions.addCut(byParent);
    this._write(() => this._journal.skip(count, bytes));
  }

  private _onClientFrame(client: ChannelClient, bytes: Buffer): void {
    const frame = new V1Frame(bytes);
    const { msg_id: msgId, msg_type: type, session } = frame.header;
    client.addSession(session);
    if (this._recorded.has(msgId)) {
      client.acknowledge(msgId);
      return;
    }
    const pending = this._pending.get(msgId);
    if (pending) {
      pending.clients.add(client);
      return;
    }
    const isExecution = this._executions.begin(frame, this._journal.next);
    this._pending.set(msgId, { bytes, clients: new Set([client]) });
    if (!this._isHeld) {
      this._upstream.send(bytes);
    }
    if (isExecution || type === 'input_reply') {
      this._options.events.onActivity();
    }
  }

  private _onAck(msgId: string): void {
    const pending = this._pending.get(msgId);
    if (!pending) {
      return;
    }
    this._pending.delete(msgId);
    this._recorded.add(msgId);
    if (this._recorded.size > MAX_RECORDED) {
      const [oldest] = this._recorded;
      this._recorded.delete(oldest);
    }
    pending.clients.forEach(client => client.acknowledge(msgId));
  }

  private readonly _session: string;
  private readonly _journal: Journal;
  private readonly _executions: ExecutionLog;
  private readonly _upstream: Upstream;
  private readonly _clients = new Set<ChannelClient>();
  private readonly _sockets = new Set<WebSocket>();
  private readonly _pending = new Map<string, IPending>();
  private readonly _recorded = new Set<string>();
  private readonly _waiters: (() => void)[] = [];
  private _nudge: Nudge | undefined;
  private _isHeld: boolean;
  private _isUnwritten = false;
  private _upstreamSeq: number;
  private _resolveReady: () => void = () => undefined;
  private _rejectReady: (error: RuntimeError) => void = () => undefined;
}

/** Replies, questions, and when the kernel is busy or idle outlive output: somebody waits for them. */
function isMilestone(bytes: Buffer): boolean {
  const frame = new V1Frame(bytes);
  return frame.channel !== 'iopub' || frame.header.msg_type === 'status';
}

export const unknownExecution = (msgId: string): RuntimeError =>
  new RuntimeError(
    'NOT_FOUND',
    `The execution ${msgId} is not known: it was acknowledged, or never reached this runtime.`
  );
