import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { Kernel, ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { BrowserKernel, IBrowserKernelOptions } from './kernel';

/** How kernels are made: all but what differs from one to the next. */
export type KernelFactory = (options: Pick<IBrowserKernelOptions, 'id' | 'path'>) => BrowserKernel;

/** The kernels of this page, as Jupyter's kernel REST API. */
export class BrowserKernelClient implements Kernel.IKernelAPIClient {
  /** @param prepare Awaited before a kernel is started; its failure is the start's. */
  constructor(
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _create: KernelFactory,
    private readonly _prepare: () => Promise<void>
  ) {}

  /** Emitted when a kernel came, changed or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Dead ones too, until they are shut down. */
  get kernels(): ReadonlyMap<string, BrowserKernel> {
    return this._kernels;
  }

  async listRunning(): Promise<Kernel.IModel[]> {
    return [...this._kernels.values()].filter(isAlive).map(kernel => kernel.model);
  }

  async getModel(id: string): Promise<Kernel.IModel | undefined> {
    return this._kernels.get(id)?.model;
  }

  /** Returns at once, while Python starts: what is sent meanwhile waits.
   *  @param options.path The document's or the folder's path.
   *  @throws RuntimeError UNREACHABLE when Python's files can't be had. */
  async startNew(options: Kernel.IKernelOptions & { path?: string } = {}): Promise<Kernel.IModel> {
    await this._prepare();
    const kernel = this._create({ id: UUID.uuid4(), path: options.path ?? '' });
    this._kernels.set(kernel.id, kernel);
    kernel.changed.connect(() => this._changed.emit());
    // Its failure shows in its status and reason, and in the cells that were sent.
    kernel.start().catch(() => undefined);
    return kernel.model;
  }

  /** @throws RuntimeError NOT_FOUND | KERNEL_DIED_AT_START */
  async restart(id: string): Promise<void> {
    await this._get(id).restart();
  }

  /** @throws RuntimeError NOT_FOUND | INTERRUPT_NEEDS_ISOLATION */
  async interrupt(id: string): Promise<void> {
    await this._get(id).interrupt();
  }

  /** A no-op for what has ended. */
  async shutdown(id: string): Promise<void> {
    const kernel = this._kernels.get(id);
    if (kernel) {
      this._kernels.delete(id);
      kernel.shutdown();
      this._changed.emit();
    }
  }

  private _get(id: string): BrowserKernel {
    const kernel = this._kernels.get(id);
    if (!kernel) {
      throw new RuntimeError(
        'NOT_FOUND',
        'This browser runtime has ended: choose or start another one.'
      );
    }
    return kernel;
  }

  private readonly _kernels = new Map<string, BrowserKernel>();
  private readonly _changed = new Signal<this, void>(this);
}

function isAlive(kernel: BrowserKernel): boolean {
  return kernel.status !== 'dead';
}
