/**
 * Kubernetes quantities.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
import { RuntimeError } from '../errors.js';
import { QUANTITY_PATTERN } from './schema.js';

const QUANTITY = new RegExp(QUANTITY_PATTERN);
const PARTS = /^([0-9.]+)(.*)$/;

const SUFFIXES: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60
};

/** In base units: bytes, cores, pieces.
 *  @throws RuntimeError INVALID_REQUEST */
export function parseQuantity(quantity: string | number, name = 'quantity'): number {
  const text = String(quantity).trim();
  if (!QUANTITY.test(text)) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `"${text.slice(0, 60)}" is no quantity for ${name}: write a number with a unit of Kubernetes, like 500m or 2 for cpu, 512Mi or 4Gi for memory.`
    );
  }
  const [, number = '', suffix = ''] = PARTS.exec(text) ?? [];
  const factor = SUFFIXES[suffix];
  return factor === undefined ? Number(text) : Number(number) * factor;
}

/** Bytes for people: `512 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes || 1) / 10)));
  const value = bytes / 2 ** (10 * power);
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[power]}`;
}
