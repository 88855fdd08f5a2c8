/** Remembers where in the sidebar the focus was, and brings it back when what had it is gone: a button that
 *  no longer applies, a row that ended, a menu that was opened there and led to a dialog. */
import type { IDisposable } from '@lumino/disposable';

const ROW = '[data-runtimes-row]';
const CONTROL = 'button:not([disabled]), summary';
/** What comes over the page, and goes again. */
const ABOVE = '.jp-Dialog, .lm-Menu';

interface IPlace {
  readonly row: HTMLElement;
  /** Where the row was among all. */
  readonly index: number;
  /** Of the control within the row; null for the row itself. */
  readonly label: string | null;
}

export class FocusKeeper implements IDisposable {
  constructor(private readonly host: HTMLElement) {
    this._document = host.ownerDocument;
    this._document.addEventListener('focusin', this);
    this._document.addEventListener('pointerdown', this, true);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._document.removeEventListener('focusin', this);
    this._document.removeEventListener('pointerdown', this, true);
  }

  handleEvent({ target, type }: Event): void {
    if (!(target instanceof Element)) {
      return;
    }
    if (type === 'pointerdown') {
      // Who clicks elsewhere goes elsewhere, also where nothing takes the focus.
      if (!this.host.contains(target) && target.closest(ABOVE) === null) {
        this._place = null;
      }
      return;
    }
    const row = target.closest<HTMLElement>(ROW);
    if (row !== null && this.host.contains(row)) {
      const index = this.rows().indexOf(row);
      this._place = { row, index, label: target === row ? null : nameOf(target) };
    } else if (target.closest(ABOVE) === null) {
      this._place = null;
    }
  }

  /** Where nothing has the focus any more, and it was here: the same control, else its row, else the row
   *  that took its place. */
  restore(): void {
    const { activeElement, body } = this._document;
    const isLost = activeElement === null || activeElement === body;
    if (this._place === null || !isLost || this._document.querySelector(ABOVE) !== null) {
      return;
    }
    const { row, index, label } = this._place;
    const rows = this.rows();
    const now = rows.includes(row) ? row : rows[Math.min(index, rows.length - 1)];
    const controls = [...(now?.querySelectorAll<HTMLElement>(CONTROL) ?? [])];
    const same = now === row ? controls.find(one => nameOf(one) === label) : undefined;
    (same ?? now)?.focus();
  }

  private rows(): HTMLElement[] {
    return [...this.host.querySelectorAll<HTMLElement>(ROW)];
  }

  private readonly _document: Document;
  private _place: IPlace | null = null;
  private _isDisposed = false;
}

function nameOf(control: Element): string | null {
  return control.getAttribute('aria-label') ?? control.textContent;
}
