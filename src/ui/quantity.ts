/** Kubernetes quantities (`250m`, `512Mi`) as people read and type them. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
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

const QUANTITY = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i))?$/;
const BYTES = ['memory', 'ephemeral-storage'];
const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** @returns NaN for what is none. */
export function parseQuantity(text: string): number {
  const match = QUANTITY.exec(text.trim());
  if (match === null) {
    return NaN;
  }
  const [, digits = '', exponent = '', suffix = ''] = match;
  return Number(`${digits}${exponent}`) * (SUFFIXES[suffix] ?? NaN);
}

/** The unit in which a person gives a resource: one of it, and what it is called; '' for pieces. */
export function unitOf(resource: string): { readonly size: number; readonly suffix: string } {
  return BYTES.includes(resource) ? { size: GIB, suffix: 'Gi' } : { size: 1, suffix: '' };
}

/** `cpu`, `2` as `2 CPU`; `memory`, `512Mi` as `512 MiB memory`. */
export function quantity(resource: string, text: string, trans: TranslationBundle): string {
  const value = parseQuantity(text);
  const name = resourceName(resource, trans);
  if (Number.isNaN(value)) {
    return `${text} ${name}`;
  }
  if (!BYTES.includes(resource)) {
    return `${short(value)} ${name}`;
  }
  const amount = value < GIB ? `${short(value / MIB)} MiB` : `${short(value / GIB)} GiB`;
  return `${amount} ${name}`;
}

export function resourceName(resource: string, trans: TranslationBundle): string {
  switch (resource) {
    case 'cpu':
      return trans.__('CPU');
    case 'memory':
      return trans.__('memory');
    case 'ephemeral-storage':
      return trans.__('disk');
    default:
      return resource.endsWith('/gpu') ? trans.__('GPU') : resource;
  }
}

/** Without digits that nobody needs. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
