/** Lab's kernel dialogs, with our picker as the one that selects. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { SessionContextDialogs } from '@jupyterlab/apputils';

import type { RuntimeState } from '@jupyterlab-runtimes/core';

import { runtimeOfDocument } from '../../runtime/ofDocument';
import type { IRuntimeModel, IRuntimeWish } from '../../tokens';
import type { ILaunchChoice } from '../launch/launch';
import type { IPickPorts, pick } from './pick';

/** The states of a runtime that a document has, but can't use now. */
const AWAY: readonly RuntimeState[] = ['paused', 'resuming'];

/** Tells what a document wishes for, null where it does not wish or is not known. */
export type WishReader = (sessionContext: ISessionContext) => IRuntimeWish | null;

export type IRuntimeSessionDialogsOptions = ISessionContext.IDialogsOptions &
  Omit<IPickPorts, 'launchWithOptions'>;

/** `restart` is Lab's own, with its confirmation. */
export class RuntimeSessionDialogs extends SessionContextDialogs {
  constructor(private readonly options: IRuntimeSessionDialogsOptions) {
    super(options);
  }

  /** Notebooks' metadata is known to a tracker that itself needs these dialogs: it is told later. */
  readWish: WishReader = () => null;

  /** The launch form is another plugin's, which may not be there. */
  launchWithOptions: ((choice: ILaunchChoice) => Promise<void>) | null = null;

  /** A kind of runtime was launched: offer it first the next time. */
  remember(kernelName: string): Promise<void> {
    return this.options.recents.add(kernelName);
  }

  /** Called when the user wants another kernel, and when a cell is run without one: a
   *  paused runtime is offered first, once for all cells that are run together. */
  override async selectKernel(sessionContext: ISessionContext): Promise<void> {
    const runtime = runtimeOfDocument(this.options.manager, sessionContext);
    if (runtime === undefined || !AWAY.includes(runtime.state)) {
      return this.pick(sessionContext);
    }
    let offered = this._offered.get(sessionContext);
    if (offered === undefined) {
      offered = this.offer(sessionContext, runtime);
      this._offered.set(sessionContext, offered);
      void offered.finally(() => this._offered.delete(sessionContext)).catch(() => undefined);
    }
    return offered;
  }

  /** @see pick */
  async pick(sessionContext: ISessionContext): Promise<void> {
    const { pick } = await this.load();
    if (!sessionContext.isDisposed) {
      const { launchWithOptions } = this;
      await pick(sessionContext, this.readWish(sessionContext), {
        ...this.options,
        launchWithOptions
      });
    }
  }

  private async offer(sessionContext: ISessionContext, runtime: IRuntimeModel): Promise<void> {
    const { offerResume } = await import('../pause/offerResume');
    if ((await offerResume(sessionContext, runtime, this.options)) === 'other') {
      await this.pick(sessionContext);
    }
  }

  /** Have the picker at hand before the server that it is loaded from may be away. */
  load(): Promise<{ readonly pick: typeof pick }> {
    return import('./pick');
  }

  private readonly _offered = new Map<ISessionContext, Promise<void>>();
}
