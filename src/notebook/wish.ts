/**
 * The wish of a notebook, in its metadata under `runtimes`: where it wants to
 * run, and made from what. Never a live id, a token or a URL.
 */
import type { INotebookModel } from '@jupyterlab/notebook';

import { parseWish } from '../runtime/wish';
import type { IRuntimeWish } from '../tokens';

/** The notebook metadata that is ours. */
export const WISH_KEY = 'runtimes';

/** The wish in a notebook's metadata; null for none, and for one that is not understood. */
export function readWish(model: Pick<INotebookModel, 'getMetadata'>): IRuntimeWish | null {
  return parseWish(model.getMetadata(WISH_KEY));
}

/** Write the wish, or take it out; an unchanged notebook is not touched. */
export function writeWish(model: INotebookModel, wish: IRuntimeWish | null): void {
  const before = readWish(model);
  if (wish === null) {
    if (model.getMetadata(WISH_KEY) !== undefined) {
      model.deleteMetadata(WISH_KEY);
    }
  } else if (
    before?.place !== wish.place ||
    before.provider !== wish.provider ||
    before.environment !== wish.environment
  ) {
    model.setMetadata(WISH_KEY, { ...wish });
  }
}
