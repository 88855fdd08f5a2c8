/** The kernelspec of a runtime's environment, in a folder that Jupyter looks into first. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IInterpreter } from './interpreter.js';

/** @param folder The runtime's private folder, to be put on JUPYTER_PATH.
 *  @param env What kernels get over the environment of their server. */
export function writeKernelspec(
  folder: string,
  { kernelName, spec }: IInterpreter,
  env: Readonly<Record<string, string>>
): void {
  const path = join(folder, 'kernels', kernelName);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // Jupyter fills in `${NAME}` of its own environment: a dollar of ours is to stay one.
  const plain = Object.entries(env).map(([name, value]) => [name, value.replaceAll('$', '$$$$')]);
  const content = { ...spec, env: { ...spec.env, ...(Object.fromEntries(plain) as object) } };
  writeFileSync(join(path, 'kernel.json'), JSON.stringify(content, undefined, 2), { mode: 0o600 });
}
