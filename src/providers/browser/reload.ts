/** What ran in this tab before it was reloaded. */

/** A document whose browser runtime ended with the page. */
export interface IEndedRuntime {
  readonly path: string;
  readonly name: string;
}

const KEY = 'jupyterlab-runtimes:browser-kernels';

/** Keeps, per tab, what runs: after a reload it is what has ended. */
export class ReloadNotes {
  /** @param storage The tab's session storage. */
  constructor(private readonly _storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this._ended = parse(_storage.getItem(KEY));
    _storage.removeItem(KEY);
  }

  /** Note what runs now. */
  keep(running: readonly IEndedRuntime[]): void {
    this._storage.setItem(KEY, JSON.stringify(running));
  }

  /** What ended with the last page; empty when asked again. */
  take(): IEndedRuntime[] {
    const ended = this._ended;
    this._ended = [];
    return ended;
  }

  private _ended: IEndedRuntime[];
}

/** Anything may be in there: other pages of this origin can write it, too. */
function parse(text: string | null): IEndedRuntime[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isEnded) : [];
  } catch (error) {
    if (error instanceof SyntaxError) {
      return [];
    }
    throw error;
  }
}

function isEnded(value: unknown): value is IEndedRuntime {
  const entry = value as Partial<IEndedRuntime> | null;
  return typeof entry?.path === 'string' && typeof entry.name === 'string';
}
