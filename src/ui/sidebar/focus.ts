/** Arrow keys in the sidebar: rows by up and down, a row's buttons by left and right. */

const ROW = '[data-runtimes-row]';
const CONTROL = 'button:not([disabled]), summary';

/**
 * Move the focus for a key.
 *
 * @returns Whether the key was meant for it.
 */
export function moveFocus(grid: HTMLElement, key: string): boolean {
  const focused = grid.ownerDocument.activeElement;
  const row = focused?.closest<HTMLElement>(ROW) ?? null;
  if (row === null || !grid.contains(row)) {
    return false;
  }
  const rows = [...grid.querySelectorAll<HTMLElement>(ROW)];
  const index = rows.indexOf(row);
  const stops = [row, ...row.querySelectorAll<HTMLElement>(CONTROL)];
  const stop = stops.indexOf(focused as HTMLElement);
  const isRtl = getComputedStyle(grid).direction === 'rtl';
  const forward = isRtl ? 'ArrowLeft' : 'ArrowRight';
  const backward = isRtl ? 'ArrowRight' : 'ArrowLeft';
  const targets: Readonly<Record<string, HTMLElement | undefined>> = {
    ArrowDown: rows[index + 1],
    ArrowUp: rows[index - 1],
    Home: rows[0],
    End: rows[rows.length - 1],
    [forward]: stops[stop + 1],
    [backward]: stops[stop - 1]
  };
  if (!(key in targets)) {
    return false;
  }
  targets[key]?.focus();
  return true;
}
