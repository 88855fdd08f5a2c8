/** A service without processes: everything that a runtime's life needs, made of memory. */
import { randomUUID } from 'node:crypto';

import { ulid } from 'ulid';

import {
  RuntimeError,
  type IEnvironment,
  type IExecution,
  type ILaunchRequest,
  type IRuntimeResource,
  type ISkippedName,
  type ISnapshotResource
} from '@jupyterlab-runtimes/core';

import { adopt } from '../../adoption.js';
import { EndOfTime } from '../../endOfTime.js';
import type { IMark } from '../../mark.js';
import type {
  IJupyterServer,
  IKeepRequest,
  IKernelOfRuntime,
  ILaunched,
  ILauncher,
  ILog,
  IRelay,
  IRelayEvents,
  IRelays,
  IRuntimeRecord,
  IRuntimeStore,
  IStateKeeper
} from '../../ports.js';
import type { IReservationRules } from '../../reservation.js';
import { RuntimeLife } from '../../runtimeLife.js';
import { RuntimeList } from '../../runtimeList.js';
import { Runtimes } from '../../runtimes.js';
import { StateActions } from '../../stateActions.js';
import { Timekeeper } from '../../timekeeper.js';
import type { ITimeRules } from '../../dueNow.js';
import { FakeClock, settle } from './fakeClock.js';

export const OWNER = 'ada';

export const ENVIRONMENT: IEnvironment = {
  name: 'python',
  title: 'Python',
  description: '',
  language: 'python',
  kernel_name: 'python3',
  kernel_display_name: 'Python 3',
  is_default: true,
  available: true,
  unavailable_reason: '',
  labels: {},
  owner: null,
  visibility: 'public',
  icon: '',
  tags: [],
  deprecated: false,
  examples: [],
  snippets: [],
  given_name_template: '',
  resource_ranges: {},
  reservation: { default_minutes: null, max_minutes: null },
  idle: { timeout_seconds: 0, action: 'pause' },
  burning_rate: 0
};

const SILENT: ILog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined
};

/** What is on disk: it outlives a service. */
export class FakeDisk {
  readonly records = new Map<string, IRuntimeRecord>();
  readonly marks = new Map<string, IMark>();
  readonly snapshots: ISnapshotResource[] = [];
  readonly processes = new Map<string, FakeProcess>();
}

export class FakeProcess {
  constructor(
    readonly runtimeId: string,
    readonly owner: string
  ) {
    this.ended = new Promise(resolve => {
      this.die = reason => {
        this.isAlive = false;
        resolve(reason);
      };
    });
  }

  readonly id = randomUUID();
  isAlive = true;
  readonly ended: Promise<string>;
  die: (reason: string) => void = () => undefined;
  /** The variables of its kernel. */
  variables = new Map<string, string>();
}

class FakeRelay implements IRelay {
  constructor(
    readonly events: IRelayEvents,
    private readonly _clock: FakeClock
  ) {}

  readonly ready = Promise.resolve();

  renudge(): Promise<void> {
    return Promise.resolve();
  }

  executions(): IExecution[] {
    return this._executions;
  }

  begin(): void {
    this._executions.push({
      msg_id: randomUUID(),
      cell_id: null,
      session: 's',
      started_at: this._clock.now().toISOString(),
      finished_at: null,
      first_seq: 0,
      cut_bytes: 0
    });
    this.events.onActivity();
    this.events.onExecutionState('busy');
  }

  /** The kernel dies, and Jupyter Server starts it again. */
  die(): void {
    const finishedAt = this._clock.now().toISOString();
    this._executions = this._executions.map(each => ({ ...each, finished_at: finishedAt }));
    this.events.onExecutionState('restarting');
  }

  /** As kernels do: the reply, which ends it, may come after the status. */
  finish(): void {
    this.events.onExecutionState('idle');
    const finishedAt = this._clock.now().toISOString();
    this._executions = this._executions.map(each => ({ ...each, finished_at: finishedAt }));
    this.events.onExecutionEnded();
  }

  messages(): Iterable<Buffer> {
    return [];
  }

  acknowledge(): void {}
  close(): void {}
  rest(): void {}
  remove(): void {}

  private _executions: IExecution[] = [];
}

/** What can go wrong, and how slow it is. */
export interface ITrouble {
  /** Names that can't be carried. */
  skipped: ISkippedName[];
  /** Thrown by the next captures. */
  captureFails: RuntimeError | null;
  restoreFails: RuntimeError | null;
  /** A capture waits for this, or until it is not wanted any more. */
  gate: Promise<void>;
}

export interface IWorldOptions {
  readonly environment?: Partial<IEnvironment>;
  readonly reservations?: Partial<IReservationRules>;
  readonly rules?: Partial<ITimeRules>;
  /** Opens the records; default: they are in memory. */
  readonly store?: () => IRuntimeStore;
}

export class World {
  constructor(
    private readonly _options: IWorldOptions = {},
    readonly clock = new FakeClock(),
    readonly disk = new FakeDisk()
  ) {
    this.environment = { ...ENVIRONMENT, ..._options.environment };
    const rules: ITimeRules = {
      warningMinutes: [10, 5, 1],
      graceMs: 5 * 60_000,
      safetyMs: 10 * 60_000,
      selfExtensionMinutes: 60,
      ..._options.rules
    };
    const keeper = this._keeper();
    const launcher = this._launcher();
    const list = new RuntimeList(_options.store?.() ?? this._store(), SILENT);
    list.listen({
      changed: resource => this.events.push(resource),
      removed: id => this.removed.push(id)
    });
    const life = new RuntimeLife(list, {
      launcher,
      relays: this._relays(),
      keeper,
      jupyterFor: launched => this._jupyter(launched),
      clock,
      log: SILENT,
      launchTimeoutMs: 60_000,
      launchLimit: 4,
      keepEndedMs: 10_000,
      pollMs: 1_000_000
    });
    const actions = new StateActions({ life, launcher, keeper, clock, log: SILENT });
    this._timekeeper = new Timekeeper({
      all: () => list.all(),
      rules,
      clock,
      acts: new EndOfTime({
        life,
        actions,
        keeper,
        clock,
        log: SILENT,
        graceMs: rules.graceMs,
        lastCaptureMs: 60_000
      }),
      somebodyWaits: () => this.somebodyWaits || life.somebodyWaits,
      log: SILENT
    });
    life.onTouched = runtime => this._timekeeper.touch(runtime);
    this.runtimes = new Runtimes({
      list,
      life,
      launcher,
      clock,
      actions,
      keeper,
      relays: this._relays(),
      reservations: {
        defaultMinutes: null,
        maxMinutes: null,
        maySelfExtend: true,
        ..._options.reservations
      },
      restartTimeoutMs: 60_000
    });
    this._begin = async () => {
      await adopt({ list, life, launcher, relays: this._relays(), keeper, clock, log: SILENT });
      this._timekeeper.begin();
      await settle();
    };
    this._kill = () => {
      this._timekeeper.dispose();
      list.close();
    };
  }

  readonly environment: IEnvironment;
  readonly runtimes: Runtimes;
  /** Every change that was told, oldest first. */
  readonly events: IRuntimeResource[] = [];
  readonly removed: string[] = [];
  somebodyWaits = false;
  readonly trouble: ITrouble = {
    skipped: [],
    captureFails: null,
    restoreFails: null,
    gate: Promise.resolve()
  };

  async begin(): Promise<this> {
    await this._begin();
    return this;
  }

  /** The service is killed; another one takes over what is on disk. */
  async killAndStart(before: () => void | Promise<void> = () => undefined): Promise<World> {
    this._kill();
    await before();
    return new World(this._options, this.clock, this.disk).begin();
  }

  async launch(request: Partial<ILaunchRequest> = {}): Promise<string> {
    const { id } = await this.runtimes.launch(OWNER, { environment_name: 'python', ...request });
    await settle();
    return id;
  }

  get(id: string): IRuntimeResource {
    return this.runtimes.get(OWNER, id);
  }

  process(id: string): FakeProcess | undefined {
    const process = this.disk.processes.get(id);
    return process?.isAlive ? process : undefined;
  }

  relay(id: string): FakeRelay {
    const relay = this._openRelays.get(id);
    if (!relay) {
      throw new Error(`${id} has no relay.`);
    }
    return relay;
  }

  /** Run a cell that sets a variable, and takes so long. */
  async run(id: string, name: string, value: string, ms = 0): Promise<void> {
    this.relay(id).begin();
    await this.clock.pass(ms);
    this.process(id)?.variables.set(name, value);
    this.relay(id).finish();
    await settle();
  }

  /** States that were told for a runtime, each once in a row. */
  states(id: string): string[] {
    return this.events
      .filter(event => event.id === id)
      .map(({ state }) => state)
      .filter((state, i, all) => state !== all[i - 1]);
  }

  private _store(): IRuntimeStore {
    const { records, marks } = this.disk;
    return {
      list: () => [...records.values()].map(each => structuredClone(each)),
      put: (record, more = []) => {
        records.set(record.resource.id, structuredClone(record));
        more.forEach(mark => marks.set(mark.key, mark));
      },
      remove: id => void records.delete(id),
      marked: key => marks.get(key)
    };
  }

  private _launcher(): ILauncher {
    const { processes } = this.disk;
    const launched = (process: FakeProcess): ILaunched => ({
      address: { place: { socketPath: process.id }, basePath: '/', token: '' },
      notes: [],
      ended: process.ended,
      logTail: () => '',
      kernelEnd: () => ({ how: 'died', why: '', log: '' })
    });
    return {
      listEnvironments: async () => [this.environment],
      start: async (id, plan, onHandle) => {
        const process = new FakeProcess(id, plan.owner);
        processes.set(id, process);
        onHandle(process.id);
        return launched(process);
      },
      adopt: async (id, handle) => {
        const process = processes.get(id);
        return process?.isAlive && process.id === handle ? launched(process) : undefined;
      },
      end: async id => {
        processes.get(id)?.die('it was ended');
        processes.delete(id);
      },
      endOrphans: async ids => {
        [...processes.keys()].filter(id => !ids.has(id)).forEach(id => processes.delete(id));
      },
      diagnose: async () => ''
    };
  }

  private _relays(): IRelays {
    return {
      open: (id, _address, _kernelId, _isNew, events) => {
        const relay = new FakeRelay(events, this.clock);
        this._openRelays.set(id, relay);
        return relay;
      },
      executions: () => [],
      messages: () => [],
      acknowledge: () => undefined,
      removeFiles: () => undefined,
      removeOthers: () => undefined
    };
  }

  private _jupyter(launched: ILaunched): IJupyterServer {
    const { socketPath } = launched.address.place as { socketPath: string };
    const kernel = { id: `kernel of ${socketPath}`, name: 'python3', execution_state: 'idle' };
    return {
      untilReady: async () => undefined,
      listKernels: async () => [kernel],
      startKernel: async () => kernel,
      interrupt: async () => undefined,
      restart: async () => undefined
    };
  }

  private _keeper(): IStateKeeper {
    const { snapshots } = this.disk;
    const find = (owner: string, id: string): ISnapshotResource => {
      const found = snapshots.find(each => each.id === id && each.owner === owner);
      if (!found) {
        throw new RuntimeError('SNAPSHOT_NOT_FOUND', `There is no snapshot ${id}.`);
      }
      return found;
    };
    return {
      keep: (source, request) => this._keep(source, request),
      restore: async ({ runtime }, id) => {
        if (this.trouble.restoreFails) {
          throw this.trouble.restoreFails;
        }
        const { description } = find(runtime.owner, id);
        const state = new Map(JSON.parse(description) as [string, string][]);
        const process = this.process(runtime.id);
        state.forEach((value, name) => process?.variables.set(name, value));
        return { restored: [...state.keys()], rebuilt: [], skipped: [] };
      },
      find,
      latest: (owner, id) =>
        snapshots
          .filter(each => each.owner === owner && each.runtime_id === id && each.kind !== 'manual')
          .at(-1),
      preserve: (owner, id, name) => {
        const at = snapshots.indexOf(find(owner, id));
        snapshots[at] = { ...snapshots[at], kind: 'manual', name };
      },
      letGo: () => undefined
    };
  }

  private async _keep(
    { runtime, isIt }: IKernelOfRuntime,
    request: IKeepRequest
  ): Promise<ISnapshotResource> {
    const { trouble, clock, disk } = this;
    await Promise.race([trouble.gate, aborted(request.signal)]);
    request.signal?.throwIfAborted();
    if (!isIt()) {
      throw new RuntimeError('NOT_RUNNING', 'The kernel ended or was restarted.');
    }
    if (trouble.captureFails) {
      throw trouble.captureFails;
    }
    request.check?.(trouble.skipped);
    const process = this.process(runtime.id);
    if (!process) {
      throw new RuntimeError('UNREACHABLE', 'The kernel does not answer.');
    }
    const left = new Set(trouble.skipped.map(({ name }) => name));
    const state = [...process.variables].filter(([name]) => !left.has(name));
    const snapshot: ISnapshotResource = {
      id: `s${ulid().toLowerCase()}`,
      owner: runtime.owner,
      name: runtime.given_name,
      description: JSON.stringify(state),
      kind: request.kind,
      created_at: clock.now().toISOString(),
      runtime_id: runtime.id,
      runtime_name: runtime.given_name,
      environment_name: runtime.environment_name,
      python: '3.12',
      mid_cell: request.mode === 'now',
      verified: true,
      variables: state.length,
      skipped: trouble.skipped,
      size_bytes: 0
    };
    disk.snapshots.push(snapshot);
    return snapshot;
  }

  private readonly _timekeeper: Timekeeper;
  private readonly _begin: () => Promise<void>;
  private readonly _kill: () => void;
  private readonly _openRelays = new Map<string, FakeRelay>();
}

const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise(resolve => signal?.addEventListener('abort', () => resolve()));
