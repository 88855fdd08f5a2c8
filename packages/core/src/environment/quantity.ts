/** Quantities of manifests and launches, with a sentence for what is none. */
import { RuntimeError } from '../errors.js';
import { quantityValue } from '../quantity.js';

/** In base units: bytes, cores, pieces.
 *  @throws RuntimeError INVALID_REQUEST */
export function parseQuantity(quantity: string | number, name = 'quantity'): number {
  const text = String(quantity).trim();
  const value = quantityValue(text);
  if (Number.isNaN(value)) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `"${text.slice(0, 60)}" is no quantity for ${name}: write a number with a unit of Kubernetes, like 500m or 2 for cpu, 512Mi or 4Gi for memory.`
    );
  }
  return value;
}

/** Bytes for people: `512 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes || 1) / 10)));
  const value = bytes / 2 ** (10 * power);
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[power]}`;
}
