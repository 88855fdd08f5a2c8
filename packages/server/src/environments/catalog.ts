/** All environments: the built-in one, the operator's, and those that users applied. */
import { RuntimeError, type IEnvironment } from '@jupyterlab-runtimes/core';
import {
  describeFault,
  describeManifest,
  isVisible,
  parseManifests,
  type IManifest,
  type IManifestFault,
  type IParsedManifest,
  type Variables
} from '@jupyterlab-runtimes/core/environment';

import type { IEngine, IManifestStore } from './ports.js';

export interface ICatalogOptions {
  readonly operator: { list(): readonly IParsedManifest[] };
  readonly store: IManifestStore;
  readonly engine: IEngine;
  /** What the operator's manifests may use. */
  readonly variables: Variables;
  /** What users' manifests may use: nothing that the operator would not show them. */
  readonly userVariables: Variables;
}

/** An environment, and what it is made from. */
export interface ICatalogEntry {
  readonly environment: IEnvironment;
  /** null for the built-in one. */
  readonly manifest: IManifest | null;
  /** As it came; '' for the built-in one. */
  readonly text: string;
  /** null for the operator's. */
  readonly owner: string | null;
  readonly variables: Variables;
}

/** What came of a file that was applied. */
export interface IApplied {
  readonly environments: readonly IEnvironment[];
  /** Warnings. */
  readonly faults: readonly IManifestFault[];
}

type IWritten = Omit<ICatalogEntry, 'environment'> & { readonly manifest: IManifest };

/** How many environments one owner may keep. */
const MAX_OWN = 200;

export class EnvironmentCatalog {
  constructor(private readonly _options: ICatalogOptions) {}

  /** What the owner sees: the built-in one, the operator's, the owner's, and what others share; hidden ones too. */
  async list(owner: string): Promise<IEnvironment[]> {
    const entries = await this._entries(owner);
    return entries.map(({ environment }) => environment);
  }

  /** @throws RuntimeError ENVIRONMENT_NOT_FOUND */
  async find(owner: string, name: string): Promise<ICatalogEntry> {
    const builtIn = await this._builtIn();
    if (builtIn.environment.name === name) {
      return builtIn;
    }
    const written = this._written(owner).find(({ manifest }) => manifest.metadata.name === name);
    if (!written) {
      throw new RuntimeError(
        'ENVIRONMENT_NOT_FOUND',
        `There is no environment "${name.slice(0, 200)}" on this service: see \`jupyter runtimes environments ls\`.`
      );
    }
    return this._described(written);
  }

  /** All faults of a file; what it would change is not said. */
  validate(text: string): readonly IManifestFault[] {
    return parseManifests(text, { file: 'manifest', variables: this._options.userVariables })
      .faults;
  }

  /**
   * Keep the manifests of a text as the owner's; all of them or none.
   *
   * @throws RuntimeError ENVIRONMENT_INVALID with every fault | CONFLICT (the name is the operator's) | QUOTA_EXCEEDED
   */
  async apply(owner: string, text: string): Promise<IApplied> {
    const { manifests, faults } = parseManifests(text, {
      file: 'manifest',
      variables: this._options.userVariables
    });
    const errors = faults.filter(({ severity }) => severity === 'error');
    if (errors.length > 0 || manifests.length === 0) {
      throw new RuntimeError(
        'ENVIRONMENT_INVALID',
        errors.length > 0
          ? `Nothing was applied. ${errors.map(describeFault).join('\n')}`
          : 'Nothing was applied: the file holds no manifest of an environment.'
      );
    }
    const taken = new Set([
      (await this._options.engine.builtIn()).name,
      ...this._options.operator.list().map(({ manifest }) => manifest.metadata.name)
    ]);
    const conflict = manifests.find(({ manifest }) => taken.has(manifest.metadata.name));
    if (conflict) {
      throw new RuntimeError(
        'CONFLICT',
        `The name "${conflict.manifest.metadata.name}" belongs to an environment of the operator: give yours another name.`
      );
    }
    const own = new Set(this._ownNames(owner));
    manifests.forEach(({ manifest }) => own.add(manifest.metadata.name));
    if (own.size > MAX_OWN) {
      throw new RuntimeError(
        'QUOTA_EXCEEDED',
        `One owner keeps at most ${MAX_OWN} environments: delete some with \`jupyter runtimes environments delete\`.`
      );
    }
    manifests.forEach(({ manifest, text: written }) =>
      this._options.store.put({ owner, name: manifest.metadata.name, text: written })
    );
    const environments = await Promise.all(
      manifests.map(
        async ({ manifest }) => (await this.find(owner, manifest.metadata.name)).environment
      )
    );
    return { environments, faults };
  }

  /** @throws RuntimeError ENVIRONMENT_NOT_FOUND | FORBIDDEN (the operator's, or another user's) */
  async remove(owner: string, name: string): Promise<void> {
    const { owner: whose } = await this.find(owner, name);
    if (whose !== owner) {
      throw new RuntimeError(
        'FORBIDDEN',
        whose === null
          ? `The environment "${name}" is the operator's: only the operator can take it away.`
          : `The environment "${name}" is shared by somebody else: only who applied it can delete it.`
      );
    }
    this._options.store.remove(owner, name);
  }

  private async _entries(owner: string): Promise<ICatalogEntry[]> {
    const builtIn = await this._builtIn();
    const written = this._written(owner).filter(
      ({ manifest }) => manifest.metadata.name !== builtIn.environment.name
    );
    return [builtIn, ...(await Promise.all(written.map(each => this._described(each))))];
  }

  private async _builtIn(): Promise<ICatalogEntry> {
    const environment = await this._options.engine.builtIn();
    const { variables } = this._options;
    return { environment, manifest: null, text: '', owner: null, variables };
  }

  /** In the order in which a name is looked up; a name that came before hides a later one. */
  private _written(owner: string): IWritten[] {
    const { operator, variables, userVariables } = this._options;
    const ofOperator = operator
      .list()
      .map(({ manifest, text }) => ({ manifest, text, owner: null, variables }));
    const ofUsers = this._applied().map(each => ({ ...each, variables: userVariables }));
    const all: IWritten[] = [
      ...ofOperator,
      ...ofUsers.filter(each => each.owner === owner),
      ...ofUsers.filter(each => each.owner !== owner && isShared(each, owner))
    ];
    const names = new Set<string>();
    return all.filter(({ manifest }) => {
      const isFirst = !names.has(manifest.metadata.name);
      names.add(manifest.metadata.name);
      return isFirst && manifest.spec.enabled !== false;
    });
  }

  private _ownNames(owner: string): string[] {
    return this._applied()
      .filter(each => each.owner === owner)
      .map(({ manifest }) => manifest.metadata.name);
  }

  /** Parsed once for each text. */
  private _applied(): { manifest: IManifest; text: string; owner: string }[] {
    const stored = this._options.store.list();
    const texts = new Set(stored.map(({ text }) => text));
    [...this._parsed.keys()]
      .filter(text => !texts.has(text))
      .forEach(text => this._parsed.delete(text));
    return stored.flatMap(({ owner, name, text }) => {
      const known = this._parsed.get(text) ?? parseManifests(text, { file: name }).manifests;
      this._parsed.set(text, known);
      return known
        .filter(({ manifest }) => manifest.metadata.name === name)
        .map(({ manifest }) => ({ manifest, text, owner }));
    });
  }

  private async _described(written: IWritten): Promise<ICatalogEntry> {
    const judgement = await this._options.engine.judge(written.manifest, written.variables);
    return {
      ...written,
      environment: describeManifest(written.manifest, { owner: written.owner, ...judgement })
    };
  }

  private readonly _parsed = new Map<string, readonly IParsedManifest[]>();
}

function isShared(
  { manifest, owner }: { manifest: IManifest; owner: string },
  reader: string
): boolean {
  const nothing = { unavailableReason: '', kernelName: '', kernelDisplayName: '' };
  return isVisible(describeManifest(manifest, { owner, ...nothing }), reader);
}
