/** The Python package that goes into kernels; the bundler puts it in. */
import { RuntimeError, type IStateSources } from '@jupyterlab-runtimes/core';

declare const STATE_SOURCES: IStateSources | undefined;

/** @throws RuntimeError INTERNAL where this runs without having been bundled. */
export function stateSources(): IStateSources {
  if (typeof STATE_SOURCES === 'undefined') {
    throw new RuntimeError('INTERNAL', 'The service was not built: run `npm run build`.');
  }
  return STATE_SOURCES;
}
