/**
 * Kubernetes quantities. This file imports nothing: the page has it without what reads manifests.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

/** In the spelling that the API server takes. */
export const QUANTITY_PATTERN =
  '^[0-9]+(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3}|[numkMGTPE]|[KMGTPE]i)?$';

const QUANTITY = new RegExp(QUANTITY_PATTERN);
const PARTS = /^([0-9.]+)(.*)$/;

const SUFFIXES: Readonly<Record<string, number>> = {
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
 *  @returns NaN for what is none. */
export function quantityValue(quantity: string): number {
  const text = quantity.trim();
  if (!QUANTITY.test(text)) {
    return NaN;
  }
  const [, number = '', suffix = ''] = PARTS.exec(text) ?? [];
  const factor = SUFFIXES[suffix];
  return factor === undefined ? Number(text) : Number(number) * factor;
}
