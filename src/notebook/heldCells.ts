import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

import { HeldFuture } from './heldFuture';

/** Shows that a cell waits, and why; until it is disposed. */
export type MarkWaiting = (
  context: ISessionContext,
  cell: { readonly id: string; readonly reason: string; readonly drop: () => void }
) => IDisposable;

/** Cells of one document, held back until `release`. */
export interface IHold {
  /** So many wait. */
  readonly waiting: number;
  /** They run, in their order, in the kernel that the document has then. Once; a no-op while somebody
   *  else holds the document's cells, too. */
  release(): void;
  /** They are not run. */
  drop(): void;
}

/**
 * Holds back the cells that are run in a document while its variables are on their way: without those
 * they would fail, or work with other values.
 *
 * It takes the place of `requestExecute` of the document's kernel connection, and lets through what no
 * cell asks for. That is where cells of notebooks and consoles come by, whoever runs them in the page;
 * `INotebookCellExecutor` has one provider, and others replace it, too.
 */
export class HeldCells {
  constructor(private readonly _mark: MarkWaiting) {}

  /** @param reason Why they wait, a sentence. */
  hold(context: ISessionContext, reason: string): IHold {
    let gate = this._gates.get(context);
    if (gate === undefined) {
      gate = new Gate(context, this._mark);
      this._gates.set(context, gate);
    }
    return gate.close(reason);
  }

  private readonly _gates = new WeakMap<ISessionContext, Gate>();
}

interface IWaiting {
  readonly future: HeldFuture;
  readonly mark: IDisposable;
}

/** What one document's cells wait before. */
class Gate {
  constructor(
    private readonly _context: ISessionContext,
    private readonly _mark: MarkWaiting
  ) {}

  close(reason: string): IHold {
    this._reason = reason;
    if (this._holders++ === 0) {
      this._context.kernelChanged.connect(this._onKernelChanged, this);
      this._context.disposed.connect(this._drop, this);
      this._guard();
    }
    let isHeld = true;
    const count = () => this._waiting.length;
    return {
      get waiting() {
        return isHeld ? count() : 0;
      },
      release: () => {
        if (isHeld) {
          isHeld = false;
          this._open();
        }
      },
      drop: () => {
        if (isHeld) {
          this._drop();
        }
      }
    };
  }

  private _open(): void {
    if (--this._holders > 0) {
      return;
    }
    this._context.kernelChanged.disconnect(this._onKernelChanged, this);
    this._context.disposed.disconnect(this._drop, this);
    this._unguard();
    const kernel = this._context.session?.kernel ?? null;
    for (const { future, mark } of this._waiting.splice(0)) {
      mark.dispose();
      if (kernel === null || kernel.isDisposed) {
        future.dispose();
      } else {
        future.begin(kernel);
      }
    }
  }

  private _drop(): void {
    for (const { future, mark } of this._waiting.splice(0)) {
      mark.dispose();
      future.dispose();
    }
  }

  private _onKernelChanged(): void {
    this._unguard();
    this._guard();
  }

  private _guard(): void {
    const kernel = this._context.session?.kernel ?? null;
    if (kernel === null) {
      return;
    }
    const { requestExecute, interrupt } = kernel;
    kernel.requestExecute = (content, disposeOnDone, metadata) => {
      const cellId = metadata?.['cellId'];
      if (typeof cellId !== 'string') {
        return requestExecute.call(kernel, content, disposeOnDone, metadata);
      }
      const future = new HeldFuture({ content, disposeOnDone, metadata }, kernel.clientId);
      this._keep(cellId, future);
      return future;
    };
    kernel.interrupt = () => {
      this._drop();
      return interrupt.call(kernel);
    };
    this._guarded = { kernel, requestExecute, interrupt };
  }

  private _unguard(): void {
    if (this._guarded !== null) {
      const { kernel, requestExecute, interrupt } = this._guarded;
      Object.assign(kernel, { requestExecute, interrupt });
      this._guarded = null;
    }
  }

  private _keep(id: string, future: HeldFuture): void {
    const drop = () => {
      this._waiting = this._waiting.filter(each => each !== waiting);
      waiting.mark.dispose();
      waiting.future.dispose();
    };
    const mark = this._mark(this._context, { id, reason: this._reason, drop });
    const waiting = { future, mark };
    this._waiting.push(waiting);
  }

  private _waiting: IWaiting[] = [];
  private _holders = 0;
  private _reason = '';
  private _guarded: {
    readonly kernel: Kernel.IKernelConnection;
    readonly requestExecute: Kernel.IKernelConnection['requestExecute'];
    readonly interrupt: Kernel.IKernelConnection['interrupt'];
  } | null = null;
}
