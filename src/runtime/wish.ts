/** Reading a notebook's wish: metadata is anybody's to write, so nothing of it is believed. */
import type { IRuntimeWish, Place } from '../tokens';

const PLACES: readonly string[] = ['browser', 'local', 'remote'] satisfies Place[];

/**
 * @param metadata The notebook's `metadata.runtimes`.
 * @returns Null where it holds no wish that can be understood.
 */
export function parseWish(metadata: unknown): IRuntimeWish | null {
  if (typeof metadata !== 'object' || metadata === null) {
    return null;
  }
  const { place, provider, environment } = metadata as Record<string, unknown>;
  const isWish =
    isPlace(place) &&
    typeof provider === 'string' &&
    typeof environment === 'string' &&
    environment !== '';
  return isWish ? { place, provider, environment } : null;
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'string' && PLACES.includes(value);
}
