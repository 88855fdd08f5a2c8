/** Kubernetes quantities (`250m`, `512Mi`) as people read and type them. */
import { quantityValue } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

const BYTES = ['memory', 'ephemeral-storage'];
const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** The unit in which a person gives a resource: one of it, and what it is called; '' for pieces. */
export function unitOf(resource: string): { readonly size: number; readonly suffix: string } {
  return BYTES.includes(resource) ? { size: GIB, suffix: 'Gi' } : { size: 1, suffix: '' };
}

/** `cpu`, `2` as `2 CPU`; `memory`, `512Mi` as `512 MiB memory`. */
export function quantity(resource: string, text: string, trans: TranslationBundle): string {
  const value = quantityValue(text);
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
