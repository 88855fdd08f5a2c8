/** One runtime while the service runs: its record, and the parts that are alive. */
import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { NO_LIFE, type ILifeRecord } from './lifeRecord.js';
import type { Once } from './mark.js';
import type {
  IJupyterServer,
  IKernelOfRuntime,
  ILaunched,
  IRelay,
  IRuntimeRecord
} from './ports.js';

export interface ILive {
  readonly launched: ILaunched;
  readonly jupyter: IJupyterServer;
  relay: IRelay | null;
}

export class Runtime {
  constructor(
    record: IRuntimeRecord,
    private readonly _onChanged: (runtime: Runtime, isShown: boolean, once?: Once) => void
  ) {
    this._record = { ...record, life: { ...NO_LIFE, ...record.life } };
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

  get life(): ILifeRecord {
    return this._record.life;
  }

  /** Process, server and relay; null before there is a process, and after its end. */
  live: ILive | null = null;

  /** Aborted when the runtime is to end: a launch under way stops at its next step. */
  readonly ending = new AbortController();

  /** A cell runs: an execution that is not silent has begun, and is not over. */
  get isExecuting(): boolean {
    return (
      this.live?.relay?.executions().some(({ finished_at: finishedAt }) => finishedAt === null) ??
      false
    );
  }

  /** Its kernel, where it has one. */
  get kernel(): IKernelOfRuntime | undefined {
    const deaths = this._deaths;
    return this.live && this.resource.kernel
      ? {
          runtime: this.resource,
          address: this.live.launched.address,
          kernelId: this.resource.kernel.id,
          isIt: () => this._deaths === deaths
        }
      : undefined;
  }

  /** @param once The request that this is the effect of. */
  update(
    change: Partial<IRuntimeResource>,
    rest: Partial<Omit<IRuntimeRecord, 'resource' | 'life'>> = {},
    life: Partial<ILifeRecord> = {},
    once?: Once
  ): void {
    this._record = {
      ...this._record,
      ...rest,
      resource: { ...this._record.resource, ...change },
      life: { ...this._record.life, ...life }
    };
    this._onChanged(this, true, once);
  }

  /** What nobody is shown. */
  updateLife(life: Partial<ILifeRecord>): void {
    this._record = { ...this._record, life: { ...this._record.life, ...life } };
    this._onChanged(this, false);
  }

  /** Its kernel has died, and another one is started in its place. */
  kernelDied(): void {
    this._deaths++;
  }

  updateKernel(executionState: string): void {
    const kernel = this.resource.kernel;
    if (kernel && kernel.execution_state !== executionState) {
      this.update({ kernel: { ...kernel, execution_state: executionState } });
    }
  }

  private _deaths = 0;
  private _record: IRuntimeRecord & { readonly life: ILifeRecord };
}
