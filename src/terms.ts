/** Public interfaces of a runtime's terms: its time, its size, and what is kept of it. Part of `tokens.ts`. */
import type {
  EndAction,
  IResourceRange,
  IRuntimeWarning,
  ISnippet
} from '@jupyterlab-runtimes/core';

/** The time that a runtime may run, and what its provider keeps of it. */
export interface IRuntimeLife {
  /** Null: no limit. */
  readonly reservation: IRuntimeReservation | null;
  /** Null: it may idle as long as it likes. */
  readonly idle: IRuntimeIdle | null;
  /** A deadline that is near. */
  readonly warning: IRuntimeWarning | null;
  /** The latest snapshot of it. */
  readonly snapshotId: string | null;
  /** When that was taken, ISO 8601 UTC. */
  readonly stateAsOf: string | null;
  /** Kubernetes quantities by resource: `cpu`, `memory`, … */
  readonly resources: Readonly<Record<string, string>>;
  /** The name of its persistent storage. */
  readonly storage: string | null;
  /** What could not be done as asked; sentences. */
  readonly notes: readonly string[];
}

export interface IRuntimeReservation {
  /** In all, extensions included. */
  readonly minutes: number;
  readonly maxMinutes: number;
  /** ISO 8601 UTC; null while the clock stands still. */
  readonly expiresAt: string | null;
  /** What is left while the clock stands still, else null. */
  readonly remainingSeconds: number | null;
  readonly onExpiry: EndAction;
  readonly extendsItself: boolean;
}

export interface IRuntimeIdle {
  readonly timeoutSeconds: number;
  readonly action: EndAction;
  /** ISO 8601 UTC; null while a cell runs, and while it is paused. */
  readonly endsAt: string | null;
}

/** What an environment offers to those who launch a runtime from it. */
export interface IRuntimeEnvironment {
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  /** The name that a runtime gets unasked; '' for the title. */
  readonly givenNameTemplate: string;
  readonly isDeprecated: boolean;
  /** URIs of notebooks. */
  readonly examples: readonly string[];
  readonly snippets: readonly ISnippet[];
  /** The sizes it comes in, by name: each from `requests`, which is what one gets
   *  unasked, to `limits`; Kubernetes quantities. */
  readonly resourceRanges: Readonly<Record<string, IResourceRange>>;
  /** Null: no limit. */
  readonly defaultMinutes: number | null;
  /** Null: no limit. */
  readonly maxMinutes: number | null;
  /** 0: never. */
  readonly idleTimeoutSeconds: number;
  readonly idleAction: EndAction;
}

/** How a runtime is to be launched; what is left out is the environment's to say. */
export interface ILaunchTerms {
  readonly name?: string;
  readonly reservationMinutes?: number;
  readonly onExpiry?: EndAction;
  readonly extendsItself?: boolean;
  /** 0: never. */
  readonly idleTimeoutSeconds?: number;
  readonly idleAction?: EndAction;
  readonly persistentStorage?: boolean;
  /** Kubernetes quantities. */
  readonly resources?: Readonly<Record<string, string>>;
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Start with this state. */
  readonly snapshotId?: string;
}

/** What can be changed of a runtime that is there. */
export type RuntimeChange = Pick<
  ILaunchTerms,
  'name' | 'onExpiry' | 'extendsItself' | 'idleTimeoutSeconds' | 'idleAction'
>;

/** What a pause may leave behind; a name beyond that refuses it. */
export interface IPauseOptions {
  readonly leave?: readonly string[];
  readonly leaveAll?: boolean;
}
