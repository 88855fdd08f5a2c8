/** Public interfaces of saved states, and of where they rest. Part of `tokens.ts`. */
import type {
  IManifestFile,
  IRestoredSnapshot,
  ISkippedVariable,
  IStateOptions,
  KernelPort
} from '@jupyterlab-runtimes/core';

/** A saved state that a runtime can start with. */
export interface ISnapshotChoice {
  readonly id: string;
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly environmentName: string;
  readonly runtimeName: string;
  readonly variables: number;
  readonly sizeBytes: number;
}

/** Somebody whose snapshots may bring code. */
export interface ISnapshotSender {
  readonly name: string;
  /** Of the public key: 32 hexadecimal digits. */
  readonly fingerprint: string;
}

/** A saved state as it rests on a shelf. */
export interface ISnapshotEntry extends ISnapshotChoice {
  readonly description: string;
  /** `pause` and `safety` are taken by the service, `auto` by the page. */
  readonly kind: 'manual' | 'pause' | 'safety' | 'auto';
  /** Signed by whoever keeps it; a foreign one restores data only, until its source was accepted. */
  readonly isOwn: boolean;
  /** Taken while a cell ran. */
  readonly midCell: boolean;
  readonly skipped: readonly ISkippedVariable[];
}

export interface ISnapshotLoad extends IStateOptions {
  /** Default: all. */
  readonly names?: readonly string[];
  /** The user has seen the code that a foreign snapshot brings, and wants it. */
  readonly acceptCode?: boolean;
}

/** Where snapshots rest: a runtime service, or the page's own storage. */
export interface ISnapshotShelf {
  /** The latest first. */
  list(options?: { signal?: AbortSignal }): Promise<readonly ISnapshotEntry[]>;
  /** Keep the state of a kernel, which goes on. */
  capture(
    source: KernelPort,
    about: Pick<ISnapshotEntry, 'name' | 'runtimeName' | 'environmentName'>,
    options: IStateOptions & { readonly names?: readonly string[]; readonly now?: boolean }
  ): Promise<ISnapshotEntry>;
  /** Into a running kernel, in one step. */
  load(id: string, target: KernelPort, options: ISnapshotLoad): Promise<IRestoredSnapshot>;
  /** Present where a runtime's own service captures it, with no browser needed. */
  take?(
    runtimeId: string,
    about: { readonly name: string },
    options: { readonly names?: readonly string[]; signal?: AbortSignal }
  ): Promise<ISnapshotEntry>;
  change(
    id: string,
    change: { readonly name?: string; readonly description?: string }
  ): Promise<void>;
  remove(id: string): Promise<void>;
  manifest(id: string): Promise<IManifestFile>;
  /** As one `.jrs` file. */
  export(id: string): Promise<Blob>;
  /** @param about.isOwn The page knows it as the user's own: whoever keeps it signs it. */
  import(
    file: Blob,
    about: { readonly name: string; readonly isOwn?: boolean }
  ): Promise<ISnapshotEntry>;
}
