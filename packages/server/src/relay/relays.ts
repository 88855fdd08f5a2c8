/** The relays of all runtimes: where their journals are, and which one an ingress request means. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { IExecution } from '@jupyterlab-runtimes/core';

import type { IJupyterAddress } from '../jupyter/address.js';
import type { IRelayEvents, IRelays } from '../runtimes/ports.js';
import { ExecutionLog } from './executionLog.js';
import { Journal } from './journal/journal.js';
import { Relay, unknownExecution, type IRelayOptions } from './relay.js';

export class Relays implements IRelays {
  /** @param _folder Holds one folder per runtime. */
  constructor(
    private readonly _folder: string,
    private readonly _shared: Pick<IRelayOptions, 'journal' | 'executions' | 'log' | 'now'>
  ) {}

  open(
    runtimeId: string,
    address: IJupyterAddress,
    kernelId: string,
    isNew: boolean,
    events: IRelayEvents
  ): Relay {
    return new Relay({
      ...this._shared,
      runtimeId,
      address,
      kernelId,
      isNew,
      events,
      folder: join(this._folder, runtimeId)
    });
  }

  executions(runtimeId: string): IExecution[] {
    return this._resting(runtimeId).list();
  }

  messages(runtimeId: string, msgId: string, before: number | undefined): Iterable<Buffer> {
    const execution = this._resting(runtimeId).get(msgId);
    if (!execution) {
      throw unknownExecution(msgId);
    }
    return this._read(runtimeId, msgId, execution.first_seq, before);
  }

  acknowledge(runtimeId: string, msgIds: readonly string[]): void {
    this._resting(runtimeId).forget(msgIds);
  }

  private *_read(
    runtimeId: string,
    msgId: string,
    from: number,
    before: number | undefined
  ): Generator<Buffer, void, void> {
    const journal = new Journal(join(this._folder, runtimeId), this._shared.journal);
    try {
      yield* journal.messagesOf(msgId, from, before);
    } finally {
      journal.close();
    }
  }

  /** No kernel is there: nothing more comes for what ran in it. */
  private _resting(runtimeId: string): ExecutionLog {
    const { executions, log, now } = this._shared;
    const known = new ExecutionLog(runtimeId, executions, log, now);
    known.finishAll();
    return known;
  }

  removeOthers(ids: ReadonlySet<string>): void {
    mkdirSync(this._folder, { recursive: true, mode: 0o700 });
    readdirSync(this._folder)
      .filter(id => !ids.has(id))
      .forEach(id => this.removeFiles(id));
  }

  removeFiles(runtimeId: string): void {
    rmSync(join(this._folder, runtimeId), { recursive: true, force: true });
  }
}
