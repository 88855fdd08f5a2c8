/** One runtime while the service runs: its record, and the parts that are alive. */
import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import type { IJupyterServer, ILaunched, IRelay, IRuntimeRecord } from './ports.js';

export interface ILive {
  readonly launched: ILaunched;
  readonly jupyter: IJupyterServer;
  relay: IRelay | null;
}

export class Runtime {
  constructor(
    record: IRuntimeRecord,
    private readonly _onChanged: (runtime: Runtime) => void
  ) {
    this._record = record;
  }

  get id(): string {
    return this._record.resource.id;
  }

  get record(): IRuntimeRecord {
    return this._record;
  }

  get resource(): IRuntimeResource {
    return this._record.resource;
  }

  /** Process, server and relay; null before there is a process, and after its end. */
  live: ILive | null = null;

  /** Aborted when the runtime is to end: a launch under way stops at its next step. */
  readonly ending = new AbortController();

  update(
    change: Partial<IRuntimeResource>,
    rest: Partial<Omit<IRuntimeRecord, 'resource'>> = {}
  ): void {
    this._record = { ...this._record, ...rest, resource: { ...this._record.resource, ...change } };
    this._onChanged(this);
  }

  updateKernel(executionState: string): void {
    const kernel = this.resource.kernel;
    if (kernel && kernel.execution_state !== executionState) {
      this.update({ kernel: { ...kernel, execution_state: executionState } });
    }
  }

  private _record: IRuntimeRecord;
}
