/**
 * The public tokens and interfaces of jupyterlab-runtimes.
 *
 * A *provider* says where runtimes come from; the composite managers in
 * `kernels/` make their kernels first-class in all of JupyterLab; the runtime
 * manager shows all of them as one list of runtimes.
 */
import type {
  Kernel,
  KernelMessage,
  KernelSpec,
  ServerConnection,
  Session
} from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';
import type { IDisposable, IObservableDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type {
  IFileRange,
  RuntimeAction,
  RuntimeError,
  RuntimeState
} from '@jupyterlab-runtimes/core';
import type { ISnapshotChoice, ISnapshotShelf } from './shelves';
import type {
  IRuntimeLife,
  IRuntimeEnvironment,
  ILaunchTerms,
  RuntimeChange,
  IPauseOptions
} from './terms';

export * from './shelves';
export * from './terms';

/** Where a kernel runs, in the three words that users read. */
export type Place = 'browser' | 'local' | 'remote';

/** The provider of the user's own Jupyter Server: always there, never qualified. */
export const LOCAL_PROVIDER_ID = 'local';

/** What a provider's runtimes can do; buttons for the rest are not shown, except
 *  for `interrupt`. */
export interface IRuntimeCapabilities {
  /** Any running cell can be stopped with the state kept. Elsewhere it is tried,
   *  and the user is asked whether to stop it with the state lost. */
  readonly interrupt: boolean;
  readonly restart: boolean;
  readonly terminate: boolean;
  /** Its time is limited, and can be made longer. */
  readonly extend: boolean;
  readonly pause: boolean;
  readonly resume: boolean;
  /** Its provider keeps snapshots of it. */
  readonly snapshot: boolean;
  /** The runtime's process outlives a reload of the page. */
  readonly survivesReload: boolean;
}

/** `connecting` until the first answer; `failed` carries a `lastError`. */
export type ProviderStatus = 'connecting' | 'connected' | 'failed';

/** A runtime as its provider knows it, beyond Jupyter's kernel model. */
export interface IRuntimeDetail {
  /** The provider's own id; equal to the kernel id where it has none. */
  readonly id: string;
  /** The kernel that Lab shows, null while there is none (yet, or any more). */
  readonly kernelId: string | null;
  readonly name: string;
  /** The provider's kernelspec (or environment) name, not qualified. */
  readonly specName: string;
  readonly environmentTitle: string;
  readonly state: RuntimeState;
  /** Why it is in this state, a sentence for the user; '' when nothing is to say. */
  readonly stateReason: string;
  /** 0–100 while it starts, else null. */
  readonly progressPercent: number | null;
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
  /** ISO 8601 UTC. */
  readonly lastActivity: string | null;
  /** Kernels beside the one that Lab shows. */
  readonly otherKernels: number;
  /** Absent where the provider's runtimes have no deadlines and no snapshots. */
  readonly life?: IRuntimeLife;
}

/**
 * Where runtimes come from: the browser, the local server, a runtime service,
 * or whatever a third party adds.
 *
 * All names here are the provider's own; the composite managers qualify
 * kernelspec names as `<provider id>:<name>`, except for the local server.
 * A client that can't reach its backend must reject: an empty list means that
 * nothing runs, and Lab disposes what it believed to run.
 */
export interface IRuntimeProvider extends IObservableDisposable {
  /** Stable and unique: `browser`, `local`, `remote.<service>`. No colon. */
  readonly id: string;
  readonly place: Place;
  /** What the user reads, e.g. `Browser`, `Local server`, `Remote: lab-gpu`. */
  readonly label: string;
  /** Places are listed in ascending rank. */
  readonly rank: number;
  readonly capabilities: IRuntimeCapabilities;

  readonly status: ProviderStatus;
  readonly lastError: RuntimeError | null;
  /** Emitted when `status` or `lastError` changed. */
  readonly statusChanged: ISignal<this, void>;

  readonly serverSettings: ServerConnection.ISettings;
  readonly kernelClient: Kernel.IKernelAPIClient;
  readonly sessionClient: Session.ISessionAPIClient;
  readonly kernelSpecClient: KernelSpec.IKernelSpecAPIClient;

  /** What is known beyond the kernel models; empty where there is nothing. */
  readonly details: readonly IRuntimeDetail[];
  readonly detailsChanged: ISignal<this, void>;

  /** The kernelspec that a saved notebook gets for a spec of this provider:
   *  one that plain JupyterLab, nbconvert and papermill understand. Null where
   *  the provider's own are that already. */
  portableSpec(specName: string): IPortableKernelSpec | null;

  /** Start a runtime and wait until its kernel answers; without it,
   *  `kernelClient.startNew` is asked.
   *  @param options.signal Ends the launch, and what it has started. */
  launch?(
    specName: string,
    options: { path?: string; terms?: ILaunchTerms; signal?: AbortSignal }
  ): Promise<Kernel.IModel>;

  /** What a spec of this provider offers to those who launch it; absent where it
   *  can be launched in one way only. */
  environment?(specName: string): IRuntimeEnvironment | undefined;

  /** Where this place keeps snapshots, if it does. */
  readonly shelf?: ISnapshotShelf;

  /** The saved states that a launch can start with. */
  snapshots?(options?: { signal?: AbortSignal }): Promise<readonly ISnapshotChoice[]>;

  /** Present where the capability `extend` is.
   *  @throws RuntimeError QUOTA_EXCEEDED beyond the maximum. */
  extend?(runtimeId: string, minutes: number): Promise<void>;

  /** Save the state and stop; resolves once it is paused.
   *  @throws RuntimeError STATE_NOT_CARRIED: nothing has happened, and
   *  `details.skipped` names what does not go along | CAPTURE_FAILED | DISK_FULL | … */
  pause?(runtimeId: string, options?: IPauseOptions): Promise<void>;

  /** Run on with the saved state; resolves once a kernel, perhaps of another id,
   *  answers.
   *  @returns The kernel. */
  resume?(runtimeId: string, options?: { signal?: AbortSignal }): Promise<Kernel.IModel>;

  /** Change what can be changed of a runtime that is there. */
  change?(runtimeId: string, change: RuntimeChange): Promise<void>;

  /** What a runtime's server has said, and, if `follow` is set, what it goes on to say until the
   *  signal is aborted.
   *  @param options.tail Only so many of the lines that are there. */
  logs?(
    runtimeId: string,
    options: { tail?: number; follow?: boolean; signal?: AbortSignal }
  ): AsyncIterable<string>;

  /** Where a runtime's Jupyter Server answers: its files are that machine's. */
  runtimeSettings?(runtimeId: string): ServerConnection.ISettings;

  /** What ran in a kernel while nobody listened, where the provider keeps it. */
  readonly journal?: IExecutionJournal;

  /** Open a socket to a kernel's channels over which its state can move, beside the
   *  notebook's own connection; without it, that one is used.
   *  @param session Goes as `session_id`. */
  openStateSocket?(kernelId: string, session: string): Promise<WebSocket>;

  /** Present where kernels can send what they have written to the page's own Jupyter Server
   *  themselves; without it, bytes are read from them. As `SendFile`. */
  sendFile?(kernelId: string, url: string, init: RequestInit, file: IFileRange): Promise<Response>;

  /** Where servers find this provider's runtimes when they exchange variables by
   *  themselves; absent where only the page reaches them. */
  readonly serverPlace?: {
    /** The page's own Jupyter Server. */
    readonly settings: ServerConnection.ISettings;
    /** Name of the runtime service; null for kernels of the Jupyter Server. */
    readonly service: string | null;
  };

  /** End a runtime that has no kernel (yet): a launch under way, a failed one.
   *  Runtimes with a kernel end through `kernelClient.shutdown`. */
  discard?(runtimeId: string): Promise<void>;

  /** Ask the backend again, now.
   *  @throws RuntimeError UNREACHABLE (retryable) */
  refresh(options?: { signal?: AbortSignal }): Promise<void>;
}

/** What the other side keeps of a kernel's executions, so that a cell outlives
 *  the page that ran it. */
export interface IExecutionJournal {
  /** Executions whose output nobody has confirmed to be saved. */
  list(kernelId: string): Promise<readonly IJournaledExecution[]>;
  /** Number of the message that the connection `clientId` brings next; undefined
   *  before it came in. */
  nextMessage(kernelId: string, clientId: string): number | undefined;
  /** An execution's messages up to a number of `nextMessage`, else up to where the
   *  connection came in; what follows arrives over that connection. */
  messages(
    kernelId: string,
    msgId: string,
    clientId: string,
    before?: number
  ): Promise<readonly KernelMessage.IMessage[]>;
  /** The output of these executions is saved: forget them. */
  acknowledge(kernelId: string, msgIds: readonly string[]): Promise<void>;
  /** Emitted when messages to a connection were dropped for good. */
  readonly cut: ISignal<unknown, { kernelId: string; count: number; bytes: number }>;
  /** Emitted when the waiting for a lost connection has ended. */
  readonly gaveUp: ISignal<unknown, { kernelId: string; afterMs: number }>;
}

/** One execution in a journal. */
export interface IJournaledExecution {
  readonly msgId: string;
  readonly cellId: string | null;
  /** The kernel connection that asked for it. */
  readonly clientId: string;
  readonly isFinished: boolean;
  /** Bytes of its messages that are not kept any more. */
  readonly cutBytes: number;
}

/** What goes into `metadata.kernelspec` of a notebook. */
export interface IPortableKernelSpec {
  readonly name: string;
  readonly display_name: string;
  readonly language: string;
}

/** The providers at hand. */
export interface IRuntimeProviders {
  /** Register a provider; disposing what is returned takes it out again.
   *  @throws Error when the id is taken or not valid. */
  add(provider: IRuntimeProvider): IDisposable;
  get(id: string): IRuntimeProvider | undefined;
  /** In ascending rank. */
  list(): readonly IRuntimeProvider[];
  readonly changed: ISignal<IRuntimeProviders, void>;
}

export const IRuntimeProviders = new Token<IRuntimeProviders>(
  'jupyterlab-runtimes:IRuntimeProviders',
  'The providers of runtimes: register one to add a place where notebooks can run.'
);

/** A document or console that uses a runtime. */
export interface IRuntimeAssignment {
  readonly sessionId: string;
  readonly path: string;
  readonly name: string;
  /** `notebook`, `console`, `file`, … */
  readonly type: string;
}

/** One runtime of any place, as sidebar and picker show it. */
export interface IRuntimeModel {
  /** Unique over all providers: `<provider id>/<runtime id>`. */
  readonly key: string;
  readonly provider: IRuntimeProvider;
  readonly place: Place;
  readonly kernelId: string | null;
  /** Qualified kernelspec name, as Lab's managers know it. */
  readonly kernelName: string;
  /** What the user calls it. */
  readonly name: string;
  /** The environment's or kernelspec's display name. */
  readonly environment: string;
  readonly state: RuntimeState;
  /** `idle`, `busy`, … of the kernel while `state` is `running`. */
  readonly kernelStatus: Kernel.Status;
  /** The page's link to it: `reconnecting` while output is being waited for. */
  readonly connection: 'connected' | 'reconnecting' | 'none';
  readonly stateReason: string;
  readonly progressPercent: number | null;
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
  /** ISO 8601 UTC. */
  readonly lastActivity: string | null;
  readonly assignments: readonly IRuntimeAssignment[];
  /** Documents that get it back when it is resumed; empty unless it is paused, or
   *  on the way there or back. */
  readonly awaitedBy: readonly IRuntimeAssignment[];
  /** The name of the document that it was last used for, where none uses it now
   *  and that is known. */
  readonly lastUsedBy: string | null;
  readonly otherKernels: number;
  /** Null where its provider knows of no deadlines and no snapshots. */
  readonly life: IRuntimeLife | null;
  /** Whether the action can be taken now, by capability and state. */
  can(action: RuntimeAction): boolean;
}

/** A kind of runtime that can be started: a kernelspec or an environment. */
export interface IRuntimeChoice {
  readonly provider: IRuntimeProvider;
  /** Qualified kernelspec name. */
  readonly kernelName: string;
  readonly title: string;
  readonly language: string;
  readonly description: string;
  /** Why it can't be started here, a sentence; '' where it can. */
  readonly unavailableReason: string;
  /** What can be said about the launch; null where nothing can. */
  readonly environment: IRuntimeEnvironment | null;
}

/** How an interrupt went: `interrupted` once the kernel is idle again,
 *  `unanswered` when it is still busy after a while, `impossible` where stopping
 *  needs the kernel to end. */
export type InterruptOutcome = 'interrupted' | 'unanswered' | 'impossible';

/** An interrupt that did not stop the cell; `failed`: the kernel was not reached. */
export type IFailedInterrupt = { readonly runtime: IRuntimeModel } & (
  | { readonly outcome: 'unanswered' | 'impossible' }
  | { readonly outcome: 'failed'; readonly error: unknown }
);

/** A runtime that runs again, and the documents that are waiting for it. */
export interface IResumedRuntime {
  readonly key: string;
  readonly kernelId: string;
  readonly awaitedBy: readonly IRuntimeAssignment[];
}

/** All runtimes of all places, live. */
export interface IRuntimeManager {
  readonly providers: IRuntimeProviders;
  /** Places in ascending rank, runtimes with the latest activity first. */
  readonly runtimes: readonly IRuntimeModel[];
  /** What can be started, in the order of the places. */
  readonly choices: readonly IRuntimeChoice[];
  /** Emitted when the lists changed: many changes within a moment are one. */
  readonly changed: ISignal<IRuntimeManager, void>;
  findByKernelId(kernelId: string): IRuntimeModel | undefined;

  /** Start a runtime and wait until its kernel answers. Nothing is assigned to
   *  it yet, so that a failure leaves a notebook with the runtime it has.
   *  @param options.path The document it is for: its folder is the kernel's.
   *  @param options.terms For choices with an environment.
   *  @param options.signal Ends the waiting; a launch under way is discarded.
   *  @throws RuntimeError with the place's own reason. */
  launch(
    choice: IRuntimeChoice,
    options?: { path?: string; terms?: ILaunchTerms; signal?: AbortSignal }
  ): Promise<{ kernelId: string }>;

  /** Ask the kernel to stop the running cell.
   *  @param options.answerTimeoutMs When it counts as unanswered; default 5000.
   *  @throws RuntimeError UNREACHABLE, or the place's own reason. */
  interrupt(
    runtime: IRuntimeModel,
    options?: { answerTimeoutMs?: number; signal?: AbortSignal }
  ): Promise<InterruptOutcome>;
  /** Emitted when an interrupt that Lab itself asked for (toolbar, menu, keyboard)
   *  did not stop the cell; not for those that were asked for here. */
  readonly interruptFailed: ISignal<IRuntimeManager, IFailedInterrupt>;
  /** Same runtime, new kernel process: variables are lost. */
  restart(runtime: IRuntimeModel): Promise<void>;
  /** End the runtime: variables are lost, assigned documents lose their kernel. */
  terminate(runtime: IRuntimeModel): Promise<void>;
  /** Let it run for longer. */
  extend(runtime: IRuntimeModel, minutes: number): Promise<void>;
  /** Save the state and stop: `resume` brings both back. Resolves once it is paused.
   *  @throws RuntimeError STATE_NOT_CARRIED: it runs on, see `details.skipped` | … */
  pause(runtime: IRuntimeModel, options?: IPauseOptions): Promise<void>;
  /** Run on with the saved state. Resolves once a kernel answers.
   *  @param options.signal Ends the waiting, not the resuming. */
  resume(runtime: IRuntimeModel, options?: { signal?: AbortSignal }): Promise<{ kernelId: string }>;
  /** Change what can be changed of a runtime that is there. */
  change(runtime: IRuntimeModel, change: RuntimeChange): Promise<void>;
  /** @see IRuntimeProvider.logs */
  logs(
    runtime: IRuntimeModel,
    options: { tail?: number; follow?: boolean; signal?: AbortSignal }
  ): AsyncIterable<string>;
  /** Emitted when a runtime has been resumed: documents that wait for it take its kernel. */
  readonly resumed: ISignal<IRuntimeManager, IResumedRuntime>;
  /** Ask every provider again, now. */
  refresh(): Promise<void>;
}

export const IRuntimeManager = new Token<IRuntimeManager>(
  'jupyterlab-runtimes:IRuntimeManager',
  'All runtimes of all places, and what can be done with them.'
);

/** The wish of a notebook: where it wants to run. Never a live id or a URL. */
export interface IRuntimeWish {
  readonly place: Place;
  /** The provider's id, e.g. `remote.embedded`. */
  readonly provider: string;
  /** Environment or kernelspec name, not qualified. */
  readonly environment: string;
}
