import type { KernelSpec, ServerConnection } from '@jupyterlab/services';

import type { IPortableKernelSpec } from '../../tokens';

/** The one kernelspec of this place. */
export const SPEC_NAME = 'python';

export const SPEC_TITLE = 'Python (Pyodide)';

const SPEC: KernelSpec.ISpecModel = {
  name: SPEC_NAME,
  display_name: SPEC_TITLE,
  language: 'python',
  argv: [],
  env: {},
  // Lab takes a spec that does not say so for one with a debugger, and waits for it.
  metadata: { debugger: false },
  resources: {}
};

/** What plain JupyterLab, nbconvert and papermill know to run. */
export const PORTABLE_SPEC: IPortableKernelSpec = {
  name: 'python3',
  display_name: 'Python 3 (ipykernel)',
  language: 'python'
};

/** The place's kernelspecs: nothing is asked for, nothing can fail. */
export class BrowserSpecClient implements KernelSpec.IKernelSpecAPIClient {
  constructor(readonly serverSettings: ServerConnection.ISettings) {}

  async get(): Promise<KernelSpec.ISpecModels> {
    return { default: SPEC_NAME, kernelspecs: { [SPEC_NAME]: SPEC } };
  }
}
