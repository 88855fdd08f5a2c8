/** What the catalog of environments needs from outside; adapters are made in main.ts. */
import type { IEnvironment } from '@jupyterlab-runtimes/core';
import type { IManifest, Variables } from '@jupyterlab-runtimes/core/environment';

/** A manifest that somebody applied. */
export interface IOwnedManifest {
  readonly owner: string;
  readonly name: string;
  /** As it came. */
  readonly text: string;
}

export interface IManifestStore {
  /** Of all owners, by owner and name. */
  list(): IOwnedManifest[];
  put(manifest: IOwnedManifest): void;
  /** @returns Whether there was one. */
  remove(owner: string, name: string): boolean;
}

/** What this machine can say of a manifest without running it. */
export interface IJudgement {
  /** A sentence with the cause and what to do; '' where it can run. */
  readonly unavailableReason: string;
  readonly kernelName: string;
  readonly kernelDisplayName: string;
}

/** What runs environments. */
export interface IEngine {
  /** The environment that needs no manifest. */
  builtIn(): Promise<IEnvironment>;
  judge(manifest: IManifest, variables: Variables): Promise<IJudgement>;
}
