import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { ServerConnection, Session } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { BrowserKernelClient } from './kernels';
import { SPEC_NAME } from './specs';

type SessionChange = Parameters<Session.ISessionAPIClient['update']>[0];
type SessionStart = Session.ISessionOptions & { kernel?: { id?: string; name?: string } };

interface IRecord {
  readonly id: string;
  path: string;
  name: string;
  type: string;
  kernelId: string;
}

/** The sessions of this page, as Jupyter's session REST API: kept here, and gone with the page. */
export class BrowserSessionClient implements Session.ISessionAPIClient {
  constructor(
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _kernels: BrowserKernelClient
  ) {
    _kernels.changed.connect(this._dropEnded, this);
  }

  /** Emitted when a session came, changed or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async listRunning(): Promise<Session.IModel[]> {
    return this.models();
  }

  /** Those with a living kernel. */
  models(): Session.IModel[] {
    return [...this._records.values()]
      .filter(record => this._isAlive(record))
      .map(record => this._model(record));
  }

  /** @throws RuntimeError NOT_FOUND */
  async getModel(id: string): Promise<Session.IModel> {
    return this._model(this._get(id));
  }

  /** A path that has a session of the same type keeps it, as Jupyter Server has it. */
  async startNew(options: SessionStart): Promise<Session.IModel> {
    const existing = [...this._records.values()].find(
      record =>
        record.path === options.path && record.type === options.type && this._isAlive(record)
    );
    const wanted = options.kernel?.id;
    if (existing && (!wanted || wanted === existing.kernelId)) {
      return this._model(existing);
    }
    const record: IRecord = {
      id: existing?.id ?? UUID.uuid4(),
      path: options.path,
      name: options.name,
      type: options.type,
      kernelId: await this._kernelFor(options.kernel, options.path)
    };
    this._records.set(record.id, record);
    this._changed.emit();
    return this._model(record);
  }

  /** Move it to another path, rename it, or give it another kernel: the one it
   *  had is ended then, unless another session uses it. */
  async update(change: SessionChange): Promise<Session.IModel> {
    const record = this._get(change.id);
    record.name = change.name ?? record.name;
    record.type = change.type ?? record.type;
    if (change.path !== undefined && change.path !== record.path) {
      record.path = change.path;
      const kernel = this._kernels.kernels.get(record.kernelId);
      if (kernel) {
        kernel.path = serverPath(change.path);
      }
    }
    const { kernel } = change;
    if (kernel && (kernel.id ? kernel.id !== record.kernelId : kernel.name)) {
      const old = record.kernelId;
      record.kernelId = await this._kernelFor(kernel, record.path);
      await this._endUnused(old);
    }
    this._changed.emit();
    return this._model(record);
  }

  /** Its kernel ends with it. */
  async shutdown(id: string): Promise<void> {
    const record = this._records.get(id);
    if (record) {
      this._records.delete(id);
      await this._endUnused(record.kernelId);
      this._changed.emit();
    }
  }

  private async _kernelFor(kernel: SessionStart['kernel'] | null, path: string): Promise<string> {
    if (kernel?.id) {
      if (!(await this._kernels.getModel(kernel.id))) {
        throw new RuntimeError(
          'NOT_FOUND',
          'This browser runtime has ended: choose or start another one.'
        );
      }
      return kernel.id;
    }
    const model = await this._kernels.startNew({ name: SPEC_NAME, path: serverPath(path) });
    return model.id;
  }

  private async _endUnused(kernelId: string): Promise<void> {
    if (![...this._records.values()].some(record => record.kernelId === kernelId)) {
      await this._kernels.shutdown(kernelId);
    }
  }

  /** A kernel that was ended took its sessions with it. */
  private _dropEnded(): void {
    let dropped = false;
    for (const [id, record] of this._records) {
      if (!this._kernels.kernels.has(record.kernelId)) {
        dropped = this._records.delete(id);
      }
    }
    if (dropped) {
      this._changed.emit();
    }
  }

  private _isAlive(record: IRecord): boolean {
    const kernel = this._kernels.kernels.get(record.kernelId);
    return kernel !== undefined && kernel.status !== 'dead';
  }

  private _get(id: string): IRecord {
    const record = this._records.get(id);
    if (!record) {
      throw new RuntimeError(
        'NOT_FOUND',
        'This session of a browser runtime has ended: choose a kernel again.'
      );
    }
    return record;
  }

  private _model({ id, path, name, type, kernelId }: IRecord): Session.IModel {
    const kernel = this._kernels.kernels.get(kernelId);
    return { id, path, name, type, kernel: kernel?.model ?? null };
  }

  private readonly _records = new Map<string, IRecord>();
  private readonly _changed = new Signal<this, void>(this);
}

/** A path as the Jupyter Server knows it: without the name of a drive (`RTC:`). */
export function serverPath(path: string): string {
  return path.replace(/^[^/:]+:/, '').replace(/^\/+/, '');
}
