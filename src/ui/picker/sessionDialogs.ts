/** Lab's kernel dialogs, with our picker as the one that selects. */
import type { ISessionContext } from '@jupyterlab/apputils';
import { SessionContextDialogs } from '@jupyterlab/apputils';

import type { IRuntimeWish } from '../../tokens';
import type { IPickPorts, pick } from './pick';

/** Tells what a document wishes for, null where it does not wish or is not known. */
export type WishReader = (sessionContext: ISessionContext) => IRuntimeWish | null;

export type IRuntimeSessionDialogsOptions = ISessionContext.IDialogsOptions & IPickPorts;

/** `restart` is Lab's own, with its confirmation. */
export class RuntimeSessionDialogs extends SessionContextDialogs {
  constructor(private readonly options: IRuntimeSessionDialogsOptions) {
    super(options);
  }

  /** Notebooks' metadata is known to a tracker that itself needs these dialogs: it is told later. */
  readWish: WishReader = () => null;

  /** @see pick */
  override async selectKernel(sessionContext: ISessionContext): Promise<void> {
    const { pick } = await this.load();
    if (!sessionContext.isDisposed) {
      await pick(sessionContext, this.readWish(sessionContext), this.options);
    }
  }

  /** Have the picker at hand before the server that it is loaded from may be away. */
  load(): Promise<{ readonly pick: typeof pick }> {
    return import('./pick');
  }
}
