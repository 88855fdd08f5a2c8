/** What can be done with snapshots; every failure is told in a notice. */
import { describeVariables, RuntimeError } from '@jupyterlab-runtimes/core';
import type {
  IDescribedVariable,
  IManifestFile,
  IRequirement,
  IRestoreResult,
  IStateProgress
} from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import { describedBy } from '../../runtime/snapshotContent';
import { SnapshotLoad } from '../../runtime/snapshotLoad';
import { TransferRates } from '../../runtime/transferEstimate';
import type { ISnapshotOrigin } from '../../runtime/variablesOffer';
import type { OpenPort } from '../../runtime/transferSession';
import type { IRuntimeChoice, IRuntimeManager, IRuntimeModel, ISnapshotEntry } from '../../tokens';
import { sentence } from '../format';
import type { ITransferAnswer } from '../transfer/dialog';
import { tellDamage } from '../transfer/damage';
import { TransferModel } from '../transfer/model';
import { waitForRuntime } from '../transfer/waitForRuntime';
import type { ITransferNotices } from '../transfer/notices';
import type { IReportFacts } from '../transfer/report';
import { bytesText, keyText, progressText } from '../transfer/texts';
import type { INamedShelf, SnapshotsModel } from './model';
import type { ISecretsQuestion, ISecretVariable, SecretsAnswer } from './secretsDialog';

/** Whose snapshots may bring code. */
export interface ISnapshotTrust {
  /** `own`: the user's, or of a sender whom they trust. */
  verify(manifest: IManifestFile): Promise<'own' | 'foreign'>;
  /** Of the key that has signed it; null where that can't be checked. */
  fingerprintOf(manifest: IManifestFile): Promise<string | null>;
  /** From now on. */
  trust(sender: { readonly name: string; readonly fingerprint: string }): Promise<void>;
}

export interface ISnapshotActionsOptions {
  readonly model: SnapshotsModel;
  readonly manager: IRuntimeManager;
  readonly open: OpenPort;
  readonly notices: ITransferNotices;
  readonly trans: TranslationBundle;
  readonly ask: (model: TransferModel, signal: AbortSignal) => Promise<ITransferAnswer>;
  /** @returns Null where the user does not want to. */
  readonly askText: (title: string, text: string, label: string) => Promise<string | null>;
  /** Point out what looks like a secret. */
  readonly askSecrets: (question: ISecretsQuestion) => Promise<SecretsAnswer>;
  readonly trust: ISnapshotTrust;
  /** What is done with files. */
  readonly files: {
    /** Whether it is the user's own, or of somebody whom they trust. */
    isOwn(file: Blob): Promise<boolean>;
    /** As it is, but for these variables. */
    without(file: Blob, names: readonly string[]): Promise<{ readonly file: Blob }>;
    /** Signed as the user's, so that others can check that. */
    forOthers(file: Blob): Promise<Blob>;
  };
  readonly confirm: (title: string, body: string, label: string) => Promise<boolean>;
  readonly download: (file: Blob, name: string) => void;
  readonly showReport: (report: IRestoreResult, facts: IReportFacts) => void;
  /** Install a distribution where the variables go. */
  readonly install: (target: IRuntimeModel, requirement: IRequirement) => Promise<void>;
  /** Let the user choose what to start.
   *  @param preferred One of them.
   *  @returns Null where the user does not want to. */
  readonly pickChoice: (
    entry: ISnapshotEntry,
    choices: readonly IRuntimeChoice[],
    preferred: IRuntimeChoice
  ) => Promise<IRuntimeChoice | null>;
  /** Start it, and tell how it goes.
   *  @param snapshotId Of the place's own shelf: what it begins with; null for nothing.
   *  @returns The kernel's id; null where it does not run. */
  readonly start: (choice: IRuntimeChoice, snapshotId: string | null) => Promise<string | null>;
}

export class SnapshotActions {
  constructor(private readonly _options: ISnapshotActionsOptions) {}

  /** Keep a runtime's state; it goes on. Remote runtimes' where their service keeps it, others' with the
   *  first runtime service that answers, else in the browser. */
  async take(runtime: IRuntimeModel): Promise<void> {
    const { notices, trans } = this._options;
    const named = this._shelfFor(runtime);
    if (named === undefined) {
      notices.tell('error', trans.__('There is no place here that keeps snapshots.'));
    } else if (!this._taking.has(runtime.key)) {
      // Pressed twice, it is taken once.
      this._taking.add(runtime.key);
      try {
        await this._take(named, runtime);
      } finally {
        this._taking.delete(runtime.key);
      }
    }
  }

  /** Let the user choose, and load that into a runtime. */
  async load(
    { shelf }: INamedShelf,
    entry: ISnapshotEntry,
    target: IRuntimeModel,
    { isWhole = false }: { isWhole?: boolean } = {}
  ): Promise<void> {
    const { notices, open, trans, showReport } = this._options;
    const title = trans.__('Loading “%1” into “%2”:', entry.name, target.name);
    await this._attempt(trans.__('“%1” could not be loaded.', entry.name), async () => {
      const port = await open(target);
      let verified: Promise<unknown> = Promise.resolve();
      try {
        const chosen = isWhole
          ? { names: undefined, acceptsCode: false }
          : await this._choose(shelf, entry, target, port);
        if (chosen === null) {
          return;
        }
        await this._withNotice(title, async (signal, onProgress) => {
          const { names, acceptsCode: acceptCode } = chosen;
          const report = await shelf.load(entry.id, port, {
            names,
            acceptCode,
            signal,
            onProgress
          });
          verified = tellDamage(report.verified, target.name, { notices, trans });
          const count = report.restored.length + report.rebuilt.length;
          const facts = {
            title: trans.__('“%1” in “%2”', entry.name, target.name),
            facts: [trans.__('Taken of “%1”.', entry.runtimeName)]
          };
          const left = report.skipped.length;
          const message = trans._n(
            '%1 variable is in “%2”.',
            '%1 variables are in “%2”.',
            count,
            target.name
          );
          return {
            type: left > 0 ? 'warning' : 'success',
            message:
              left > 0
                ? `${message} ${trans._n('%1 stayed out.', '%1 stayed out.', left)}`
                : message,
            actions: [{ label: trans.__('Details'), run: () => showReport(report, facts) }]
          };
        });
      } finally {
        void verified.finally(() => port.dispose());
      }
    });
  }

  async rename({ shelf }: INamedShelf, entry: ISnapshotEntry): Promise<void> {
    const { askText, trans } = this._options;
    const title = trans.__('Rename “%1”', entry.name);
    const name = await askText(title, entry.name, trans.__('Rename'));
    if (name !== null && name.trim() !== '' && name !== entry.name) {
      await this._change(entry, () => shelf.change(entry.id, { name: name.trim() }));
    }
  }

  async describe({ shelf }: INamedShelf, entry: ISnapshotEntry): Promise<void> {
    const { askText, trans } = this._options;
    const title = trans.__('What is “%1”?', entry.name);
    const description = await askText(title, entry.description, trans.__('Keep'));
    if (description !== null && description !== entry.description) {
      await this._change(entry, () => shelf.change(entry.id, { description }));
    }
  }

  async remove({ shelf, label }: INamedShelf, entry: ISnapshotEntry): Promise<void> {
    const { confirm, trans } = this._options;
    const isSure = await confirm(
      trans.__('Delete “%1”?', entry.name),
      trans.__(
        'The variables that it keeps in “%1” are lost. Running runtimes keep theirs.',
        label
      ),
      trans.__('Delete')
    );
    if (isSure) {
      await this._change(entry, () => shelf.remove(entry.id));
    }
  }

  async export({ shelf }: INamedShelf, entry: ISnapshotEntry): Promise<void> {
    const { askSecrets, download, files, trans, trust } = this._options;
    await this._attempt(trans.__('“%1” could not be exported.', entry.name), async () => {
      const manifest = await shelf.manifest(entry.id);
      const { entries } = describedBy(manifest.content);
      const secrets = secretsIn(entries);
      const answer =
        secrets.length === 0
          ? 'take'
          : await askSecrets({
              secrets,
              body: trans.__(
                'Whoever gets the file of “%1” can read them. Left out of it, they stay in the snapshot.',
                entry.name
              ),
              takeLabel: trans.__('Export them, too')
            });
      if (answer !== null) {
        const whole = await shelf.export(entry.id);
        const names = secrets.map(({ name }) => name);
        const file = answer === 'take' ? whole : (await files.without(whole, names)).file;
        const isOwn = entry.isOwn || (await trust.verify(manifest)) === 'own';
        download(isOwn ? await files.forOthers(file) : file, `${fileName(entry.name)}.jrs`);
      }
    });
  }

  async import({ shelf, label }: INamedShelf, file: File): Promise<void> {
    const { files, model, notices, trans } = this._options;
    await this._attempt(trans.__('“%1” could not be imported.', file.name), async () => {
      const isOwn = await files.isOwn(file);
      const entry = await shelf.import(file, { name: file.name.replace(/\.jrs$/i, ''), isOwn });
      await model.refresh();
      notices.tell('success', trans.__('“%1” is kept in “%2”.', entry.name, label));
    });
  }

  /** A new runtime with this state, in the place that the user chooses. */
  async start(named: INamedShelf, entry: ISnapshotEntry): Promise<void> {
    const { manager, notices, pickChoice, start, trans } = this._options;
    const choices = manager.choices.filter(
      ({ language, unavailableReason }) =>
        language.toLowerCase() === 'python' && unavailableReason === ''
    );
    const isOwn = ({ provider }: IRuntimeChoice) =>
      named.provider === null ? !provider.capabilities.survivesReload : provider === named.provider;
    const preferred =
      choices.find(
        choice => isOwn(choice) && choice.kernelName.endsWith(`:${entry.environmentName}`)
      ) ??
      choices.find(isOwn) ??
      choices[0];
    if (preferred === undefined) {
      notices.tell('error', trans.__('No place here can start a Python runtime.'));
      return;
    }
    const choice = await pickChoice(entry, choices, preferred);
    if (choice === null) {
      return;
    }
    // Who keeps it starts with it; elsewhere it is loaded into what has been started.
    const isKeptThere = choice.provider === named.provider;
    const kernelId = await start(choice, isKeptThere ? entry.id : null);
    if (kernelId === null || isKeptThere) {
      return;
    }
    const target = await waitForRuntime(manager, kernelId);
    if (target === null) {
      notices.tell('error', trans.__('What was started for “%1” has ended.', entry.name));
    } else {
      await this.load(named, entry, target, { isWhole: entry.isOwn });
    }
  }

  private async _take(named: INamedShelf, runtime: IRuntimeModel): Promise<void> {
    const { model, open, trans } = this._options;
    const name = trans.__('%1, %2', runtime.name, new Date().toLocaleString());
    const title = trans.__('Taking a snapshot of “%1”:', runtime.name);
    await this._withNotice(title, async (signal, onProgress) => {
      const { shelf, provider } = named;
      const port = await open(runtime);
      let entry: ISnapshotEntry;
      try {
        // What rests in the page does not leave the machine.
        const names = provider === null ? undefined : await this._mayGo(port, named, signal);
        if (shelf.take !== undefined && provider === runtime.provider) {
          entry = await shelf.take(ownIdOf(runtime), { name }, { names, signal });
        } else {
          const about = { name, runtimeName: runtime.name, environmentName: runtime.environment };
          entry = await shelf.capture(port, about, { names, signal, onProgress });
        }
      } finally {
        port.dispose();
      }
      if (entry.variables === 0 && entry.skipped.length === 0) {
        await shelf.remove(entry.id);
        await model.refresh();
        const message = trans.__('“%1” has no variables yet: nothing was kept.', runtime.name);
        return { type: 'warning', message, actions: [] };
      }
      await model.refresh();
      const kept = trans.__(
        'The snapshot is kept in “%1”: %2, %3.',
        named.label,
        trans._n('%1 variable', '%1 variables', entry.variables),
        bytesText(entry.sizeBytes, trans)
      );
      if (entry.skipped.length === 0) {
        return { type: 'success', message: kept, actions: [] };
      }
      const report = { restored: [], rebuilt: [], skipped: entry.skipped };
      const facts = { title: trans.__('Left out of the snapshot'), facts: [kept] };
      return {
        type: 'warning',
        message: `${kept} ${trans._n('%1 stayed out.', '%1 stayed out.', entry.skipped.length)}`,
        actions: [
          {
            label: trans.__('Details'),
            run: () => this._options.showReport(report, facts)
          }
        ]
      };
    });
  }

  private async _choose(
    shelf: INamedShelf['shelf'],
    entry: ISnapshotEntry,
    target: IRuntimeModel,
    port: Awaited<ReturnType<OpenPort>>
  ): Promise<{ readonly names: readonly string[]; readonly acceptsCode: boolean } | null> {
    const { ask, install, trust } = this._options;
    const stop = new AbortController();
    const manifest = await shelf.manifest(entry.id);
    const isOwn = entry.isOwn || (await trust.verify(manifest)) === 'own';
    const origin = isOwn ? null : originOf(manifest, await trust.fingerprintOf(manifest));
    // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
    const offer = new SnapshotLoad({ entry, manifest, target, port, origin });
    // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
    const model = new TransferModel({
      offer,
      rates: this._rates,
      install: requirement => install(target, requirement)
    });
    try {
      await offer.lookAgain();
      const { names, acceptsCode, senderName } = await ask(model, stop.signal);
      const fingerprint = origin?.fingerprint ?? null;
      if (names !== null && senderName !== null && fingerprint !== null) {
        await trust.trust({ name: senderName.trim() || keyText(fingerprint), fingerprint });
      }
      return names === null ? null : { names, acceptsCode: acceptsCode || isOwn };
    } finally {
      model.dispose();
      offer.dispose();
    }
  }

  /** The names to capture; undefined: all, for nothing looks like a secret, or the user wants it so.
   *  @throws RuntimeError CANCELLED */
  private async _mayGo(
    port: Awaited<ReturnType<OpenPort>>,
    { label }: INamedShelf,
    signal: AbortSignal
  ): Promise<readonly string[] | undefined> {
    const { askSecrets, trans } = this._options;
    const { entries } = await describeVariables(port, { signal, randomId: () => UUID.uuid4() });
    const secrets = secretsIn(entries);
    if (secrets.length === 0) {
      return undefined;
    }
    const answer = await askSecrets({
      secrets,
      body: trans.__(
        'The snapshot is kept in “%1”. The runtime keeps them, whatever you choose.',
        label
      ),
      takeLabel: trans.__('Keep them, too')
    });
    if (answer === null) {
      throw new RuntimeError('CANCELLED', 'It was cancelled; nothing was kept.');
    }
    const left = new Set(secrets.map(({ name }) => name));
    return answer === 'take'
      ? undefined
      : entries.map(({ name }) => name).filter(name => !left.has(name));
  }

  private _shelfFor(runtime: IRuntimeModel): INamedShelf | undefined {
    const { shelves } = this._options.model;
    const own = shelves.find(({ provider }) => provider === runtime.provider);
    const page = shelves.find(({ provider }) => provider === null);
    const service = shelves.find(({ provider }) => provider !== null);
    // What is in the browser stays there; what is on a server is kept by one.
    return (
      own ?? (runtime.provider.capabilities.survivesReload ? (service ?? page) : (page ?? service))
    );
  }

  private async _change(entry: ISnapshotEntry, change: () => Promise<void>): Promise<void> {
    const { model, trans } = this._options;
    await this._attempt(trans.__('“%1” could not be changed.', entry.name), async () => {
      await change();
      await model.refresh();
    });
  }

  private async _attempt(failure: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this._options.notices.tell('error', `${failure} ${sentence(error)}`);
    }
  }

  private async _withNotice(
    title: string,
    work: (
      signal: AbortSignal,
      onProgress: (progress: IStateProgress) => void
    ) => Promise<{
      readonly type: 'success' | 'warning';
      readonly message: string;
      readonly actions: readonly { readonly label: string; readonly run: () => void }[];
    }>
  ): Promise<void> {
    const { notices, trans } = this._options;
    const stop = new AbortController();
    const notice = notices.open(`${title} ${trans.__('beginning…')}`, () => stop.abort());
    try {
      const { type, message, actions } = await work(stop.signal, progress => {
        const { bytes, totalBytes } = progress;
        const fraction = totalBytes > 0 ? bytes / totalBytes : undefined;
        notice.progress(`${title} ${progressText(progress, trans)}`, fraction);
      });
      notice.end(type, message, actions);
    } catch (error) {
      const isCancelled =
        stop.signal.aborted || (error instanceof RuntimeError && error.code === 'CANCELLED');
      notice.end(
        isCancelled ? 'warning' : 'error',
        isCancelled
          ? trans.__('%1 cancelled; nothing has changed.', title)
          : `${title} ${sentence(error)}`,
        []
      );
    }
  }

  private readonly _rates = new TransferRates();
  /** Keys of runtimes of which a snapshot is being taken. */
  private readonly _taking = new Set<string>();
}

function secretsIn(entries: readonly IDescribedVariable[]): ISecretVariable[] {
  return entries
    .filter(({ secret_like: isSecret, outcome }) => isSecret && outcome !== 'skipped')
    .map(({ name, secret_reason: reason }) => ({ name, reason }));
}

function originOf({ content }: IManifestFile, fingerprint: string | null): ISnapshotOrigin {
  const { version, platform } = content.python;
  return {
    fingerprint,
    createdAt: content.created_at,
    environment: `Python ${version}, ${platform}`
  };
}

function ownIdOf({ key, provider }: IRuntimeModel): string {
  return key.slice(provider.id.length + 1);
}

/** Without what some file system refuses. */
function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|]+/g, '-').trim() || 'snapshot';
}
